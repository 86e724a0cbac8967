"""Opening a DICOM study: it is converted first, and its folder is what is opened."""

from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from ccsd_app.engine.engine import Engine
from ccsd_app.session.jobs import JobRunner
from ccsd_app.session.session import Session
from ccsd_core.dicom.study_choice import SeveralStudiesError, StudyChoice
from ccsd_core.errors import CaseError
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.progress import Progress

CONVERTED = Path("cache", "DICOM-1")


class AtOnce(Executor):
    def submit(self, fn, /, *args, **kwargs) -> Future:
        fn(*args, **kwargs)
        return Future()


class Spy:
    def __init__(self) -> None:
        self.calls: list[tuple] = []

    def __getattr__(self, name: str):
        return lambda *args: self.calls.append((name, *args))


@pytest.fixture
def opened(fake_worker):
    """Opens a study with a function that reads cases; session, engine, worker, refusals."""

    def find(path, *, study=None):
        yield Progress(2, 5, "converting series 3")
        return CONVERTED

    def opened(load=fake_worker.load_case, find=find):
        spy, session, refusals, seen = Spy(), Session(), [], []
        runner = JobRunner(AtOnce(), lambda call: call())
        session.changed.connect(lambda _old, new: seen.append(new.activity))
        engine = Engine(session, lambda on_event: spy, runner, load, find)
        engine.refused.connect(refusals.append)
        engine.open(Path("disc"))
        return session, engine, spy, refusals, [one for one in seen if one is not None]

    return opened


def test_window_and_inference_process_read_the_converted_folder(opened):
    session, engine, spy, _refusals, _seen = opened()

    assert session.state.case.id == "DICOM-1"
    assert spy.calls == [("open", CONVERTED, None, Adjustments())]
    assert engine.opened.path == CONVERTED


def test_several_studies_are_offered_and_the_chosen_one_is_opened(opened):
    choices = tuple(
        StudyChoice(alias, "2026-01-02", 1, 3, (), "a/b") for alias in ("DICOM-1", "DICOM-2")
    )
    asked = []

    def find(path, *, study=None):
        asked.append(study)
        yield Progress(0, 1, "reading headers")
        if study is None:
            raise SeveralStudiesError(choices)
        return CONVERTED

    session, engine, _spy, refusals, _seen = opened(find=find)
    assert [one.studies for one in refusals] == [choices]
    assert "several studies: choose one" in session.state.problem

    engine.open(Path("disc"), study="DICOM-2")

    assert asked == [None, "DICOM-2"]
    assert session.state.case.id == "DICOM-1"
    assert engine.opened.path == CONVERTED


def test_progress_of_the_conversion_is_shown(opened):
    *_, seen = opened()

    assert list(dict.fromkeys((one.what, one.done, one.total) for one in seen)) == [
        ("opening disc", 0, 0),
        ("converting series 3", 2, 5),
    ]


def test_a_study_in_which_no_sequence_is_recognised_offers_its_series(opened):
    def refuse(path, files):
        raise CaseError("no sequence")

    session, _engine, _spy, refusals, _seen = opened(refuse)

    assert session.state.case is None
    assert [one.opening.path for one in refusals] == [CONVERTED]
