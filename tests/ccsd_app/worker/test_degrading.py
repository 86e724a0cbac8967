"""Degraded images in the inference process: what is computed again, and what never arrives."""

from pathlib import Path

import numpy as np
import pytest

from ccsd_app.session.degraded_views import DegradedView, DegradedViewsKey
from ccsd_app.session.on_demand import DEGRADATION_CURVE, DEGRADED_VIEWS, DegradationCurveKey
from ccsd_app.worker import protocol
from ccsd_app.worker.events import DegradedReceived, ResultReceived, WorkerDied
from ccsd_core.data.degradation.apply import degraded_volume
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NOISE = Degradations.parse(["T1c:noise=3"])
BOTH = Degradations.parse(["T1c:noise=3", "T2:blur=2"])
NO_T1C = FULL.toggled(Modality.T1C)
UNTOUCHED = frozenset(s for s in ModalitySubset.every() if Modality.T1C not in s)


@pytest.fixture
def opened(talk):
    def start(model: str | None = None):
        """A conversation about a case of which everything is computed, and its full prediction."""
        chat = talk(model)
        chat.client.open(Path("p"))
        first = chat.results_until_idle()[0]
        return chat, NestedLabels(first.nested_labels, first.message.offset_voxel)

    return start


def degrade(chat, full, degradations, *, wanted=FULL, done=UNTOUCHED) -> None:
    chat.client.degrade(degradations, wanted=wanted, done=frozenset(done), full=full)


def test_the_images_come_before_the_first_result_of_them_and_are_those_encoded(opened, fake_worker):
    chat, full = opened()

    degrade(chat, full, NOISE)
    events = chat.events_until_idle()

    kinds = [e for e in events if isinstance(e, DegradedReceived | ResultReceived)]
    images, first = kinds[:2]
    assert isinstance(images, DegradedReceived)
    assert first.message.subset == FULL
    case = fake_worker.phantom("p", FULL)
    expected = degraded_volume(case, Modality.T1C, NOISE).array
    assert images.arrays.keys() == {Modality.T1C}
    assert np.array_equal(images.arrays[Modality.T1C], expected)
    assert {e.message.subset for e in kinds[1:]} == set(ModalitySubset.every()) - UNTOUCHED
    assert first.message.agreement == dict.fromkeys(Region, 1.0)


def test_only_the_sequence_that_changes_is_encoded_again(opened, tmp_path):
    log = tmp_path / "encoded"
    chat, full = opened(f"log-encoding:{log}")

    for degradations in (NOISE, BOTH, BOTH.with_severity(Modality.T2, "blur", 4)):
        degrade(chat, full, degradations, done=())
        chat.events_until_idle()
    assert log.read_text().split() == ["T1c", "T2", "T2"]

    degrade(chat, full, Degradations(), done=())
    assert not any(isinstance(e, DegradedReceived) for e in chat.events_until_idle())
    assert log.read_text().split() == ["T1c", "T2", "T2"]  # the first encoding was kept


def test_results_of_images_that_are_no_longer_asked_for_never_arrive(opened):
    chat, full = opened("slow")

    degrade(chat, full, NOISE)
    chat.until(DegradedReceived)
    degrade(chat, full, BOTH, done=())
    rest = chat.events_until_idle()

    first = next(i for i, e in enumerate(rest) if isinstance(e, DegradedReceived))
    assert rest[first].degradations == BOTH
    assert not any(isinstance(e, ResultReceived) for e in rest[:first])
    results = [e.message.subset for e in rest if isinstance(e, ResultReceived)]
    assert sorted(results, key=str) == sorted(ModalitySubset.every(), key=str)


def test_where_everything_is_known_the_images_come_without_any_encoding(opened, tmp_path):
    log = tmp_path / "encoded"
    chat, full = opened(f"log-encoding:{log}")

    degrade(chat, full, NOISE, done=ModalitySubset.every())
    events = chat.events_until_idle()

    assert [e.degradations for e in events if isinstance(e, DegradedReceived)] == [NOISE]
    assert not any(isinstance(e, ResultReceived) for e in events)
    assert not log.exists()


def test_a_process_that_died_makes_the_images_again(opened, tmp_path):
    chat, full = opened()
    degrade(chat, full, NOISE)
    chat.events_until_idle()

    chat.client._connection._process.kill()

    assert chat.until(WorkerDied).restarted
    assert chat.until(DegradedReceived).degradations == NOISE


def test_a_curve_has_the_score_at_each_severity_and_without_the_sequence(opened, tmp_path):
    log = tmp_path / "encoded"
    chat, full = opened(f"log-encoding:{log}")
    degrade(chat, full, BOTH, done=())
    chat.events_until_idle()
    others = BOTH.without(Modality.T1C, "noise")
    key = DegradationCurveKey(Modality.T1C, "noise", FULL, others)

    chat.client.request(DEGRADATION_CURVE, key)
    answer = chat.until(protocol.Answer)

    curve = answer.value
    assert answer.key == key
    assert list(curve.scores) == [0, 1, 2, 3, 4, 5]
    assert curve.against_expert
    assert all(score == dict.fromkeys(Region, 1.0) for score in curve.scores.values())
    assert curve.withheld[Region.ET] == 0.0  # the fake finds none without T1c
    assert set(log.read_text().split()[2:]) == {"T1c"}


def test_views_have_the_image_and_the_numbers_of_each_degradation(opened, fake_worker):
    chat, _full = opened()
    wanted = (
        DegradedView(Degradations(), FULL, Modality.T1C),
        DegradedView(NOISE, FULL, Modality.T1C),
        DegradedView(BOTH, NO_T1C, Modality.T2),
    )

    chat.client.request(DEGRADED_VIEWS, DegradedViewsKey(wanted, "three views"))
    views = chat.until(protocol.Answer).value

    case = fake_worker.phantom("p", FULL)
    for index, view in enumerate(wanted):
        exact = case.volumes[view.background].array
        if view.degradations:
            exact = degraded_volume(case, view.background, view.degradations).array
        assert np.abs(views.image(index) - exact).max() <= np.ptp(exact) / 500
        result = views.result(index, view.subset)
        assert result.nested_labels.sum() > 0
        assert (result.dice[Region.WT] == 1) == (view.subset == FULL)
        assert result.volumes_ml[Region.WT] > 0
    assert views.result(2, NO_T1C).volumes_ml[Region.ET] == 0  # the fake finds none without T1c


def test_a_curve_that_is_cancelled_is_not_answered_and_the_rest_goes_on(opened):
    chat, full = opened()
    degrade(chat, full, NOISE)
    chat.events_until_idle()
    key = DegradationCurveKey(Modality.T1C, "noise", FULL, Degradations())

    chat.client.request(DEGRADATION_CURVE, key)
    chat.until(protocol.ProgressUpdate, lambda e: e.what.startswith(key.label))
    chat.client.cancel()
    chat.until(protocol.Stopped)
    chat.client.request_subset(NO_T1C)

    assert not any(isinstance(e, protocol.Answer) for e in chat.events_until_idle())


def test_a_degradation_that_cannot_be_done_is_a_message(talk):
    chat = talk()
    chat.client.open(Path("p_FLAIR+T1c"))
    first = chat.results_until_idle()[0]
    full = NestedLabels(first.nested_labels, first.message.offset_voxel)
    dose = Degradations.parse(["T1c:dose=2"])
    degrade(chat, full, dose, wanted=ModalitySubset.parse("FLAIR+T1c"), done=())
    assert "needs T1c and T1" in chat.until(protocol.Failed).message
