"""The batch: its rows after events, what a second start does, and the remaining time."""

from pathlib import Path

import pytest

from ccsd_app.viewmodel.open_case.batch.folder_batch import FolderBatch
from ccsd_app.viewmodel.open_case.batch.rows import CaseState
from ccsd_app.worker import batch_protocol as protocol
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.storage.cases.case_list import ListedCase
from tests.ccsd_app.fakes.batch_client import BatchClient
from tests.ccsd_app.fakes.fake_batch import RESULT

FULL = ModalitySubset.full()
PATHS = [Path(f"/data/p{number}") for number in range(4)]
CASES = [ListedCase(path.name, path, tuple(FULL)) for path in PATHS]
REQUEST = protocol.BatchRequest((), Path("/out"))


@pytest.fixture
def played():
    made = []

    def connect(on_event):
        made.append(BatchClient(on_event))
        return made[0]

    now = [0.0]
    batch = FolderBatch(connect, clock=lambda: now[0])
    batch.show(CASES)
    return batch, made[0], now


def states(batch) -> list[CaseState]:
    return [row.state for row in batch.rows]


def names(request) -> list[str]:
    return [case.name for case in request.cases]


def test_a_case_that_fails_keeps_its_reason_and_the_next_ones_go_on(played):
    batch, client, _now = played
    batch.start(REQUEST)
    client.play(protocol.BatchModel("m", "0" * 64))
    client.play(protocol.CaseStarted(PATHS[0]), protocol.CaseFailed(PATHS[0], "t1 is empty"))
    client.play(protocol.CaseStarted(PATHS[1]), protocol.CaseDone(PATHS[1], RESULT))
    client.play(protocol.CaseStarted(PATHS[2]), protocol.CaseSkipped(PATHS[2]))

    assert states(batch)[:3] == [CaseState.FAILED, CaseState.DONE, CaseState.SKIPPED]
    assert batch.rows[0].warnings == ("t1 is empty",)
    assert batch.rows[1].result is RESULT
    assert batch.headline.startswith("3 of 4 cases")


def test_a_stopped_folder_goes_on_with_the_cases_that_are_not_done(played):
    batch, client, _now = played
    batch.start(REQUEST)
    client.play(protocol.BatchModel("m", "0" * 64))
    client.play(protocol.CaseStarted(PATHS[0]), protocol.CaseDone(PATHS[0], RESULT))
    client.play(protocol.CaseStarted(PATHS[1]), protocol.CaseProgress(PATHS[1], 0.5, "encoding"))
    batch.stop()
    assert "stopping" in batch.headline
    client.play(protocol.BatchEnded(stopped=True))

    assert client.stopped == 1
    assert states(batch) == [CaseState.DONE, *[CaseState.WAITING] * 3]
    assert batch.headline == "4 cases: 1 segmented, 3 not segmented"

    batch.start(REQUEST)
    assert names(client.requests[1]) == ["p1", "p2", "p3"]
    assert batch.rows[0].result is RESULT


def test_after_another_choice_every_case_is_segmented_again(played):
    batch, client, _now = played
    batch.start(REQUEST)
    client.play(protocol.CaseStarted(PATHS[0]), protocol.CaseDone(PATHS[0], RESULT))
    client.play(protocol.BatchEnded(stopped=True))
    other = protocol.BatchRequest((), Path("/out"), ModalitySubset.parse("FLAIR"))
    assert batch.has_work(other)

    batch.start(other)

    assert names(client.requests[1]) == ["p0", "p1", "p2", "p3"]
    assert states(batch) == [CaseState.WAITING] * 4


def test_nothing_is_left_to_do_once_every_case_is_done(played):
    batch, client, _now = played
    batch.start(REQUEST)
    client.play(*(protocol.CaseDone(path, RESULT) for path in PATHS))
    assert batch.fraction == 1
    client.play(protocol.BatchEnded(stopped=False))

    assert not batch.has_work(REQUEST)
    assert batch.headline == "4 cases: 4 segmented"


def test_the_remaining_time_follows_from_the_speed_of_cases_that_were_computed(played):
    batch, client, now = played
    batch.start(REQUEST)
    now[0] = 100.0  # the model took long to load, which says nothing about the cases
    client.play(protocol.BatchModel("m", "0" * 64), protocol.CaseStarted(PATHS[0]))
    assert "left" not in batch.headline
    client.play(protocol.CaseSkipped(PATHS[0]), protocol.CaseStarted(PATHS[1]))
    now[0] = 700.0
    client.play(protocol.CaseDone(PATHS[1], RESULT), protocol.CaseStarted(PATHS[2]))

    # one of the three that are not skipped took 600 s: two are left
    assert batch.headline.endswith("about 20 min left")


def test_a_model_that_cannot_be_loaded_leaves_every_case_waiting_and_is_reported(played):
    batch, client, _now = played
    batch.start(REQUEST)
    client.play(protocol.BatchFailed("there is no such model (command line: --model)"))

    assert batch.problem == "There is no such model"
    assert states(batch) == [CaseState.WAITING] * 4
