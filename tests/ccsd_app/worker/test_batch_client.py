"""The client of a batch, with a real spawned process that pretends to segment."""

import queue
import sys
from pathlib import Path

import pytest

from ccsd_app.worker import batch_protocol as protocol
from ccsd_app.worker.batch_client import BatchClient

FAKES = Path(__file__).parents[1] / "fakes"
TIMEOUT_S = 60


class Chat:
    """A client whose events are handled in the test's thread, in order."""

    def __init__(self) -> None:
        self.events: list[protocol.BatchEvent] = []
        self._calls: queue.Queue = queue.Queue()
        self.client = BatchClient(
            on_event=self.events.append,
            queued_call=self._calls.put,
            program="fake_batch",
            stop_timeout_s=0.3,
        )

    def start(self, *names: str, model: str = "") -> None:
        cases = tuple(protocol.BatchCase(Path("/data") / name, name) for name in names)
        self.client.start(protocol.BatchRequest(cases, Path("/out"), model=model))

    def until(self, kind: type) -> protocol.BatchEvent:
        while not self.events or not isinstance(self.events[-1], kind):
            self._calls.get(timeout=TIMEOUT_S)()
        return self.events[-1]

    def done(self) -> list[str]:
        return [e.path.name for e in self.events if isinstance(e, protocol.CaseDone)]


@pytest.fixture
def chat(monkeypatch):
    monkeypatch.syspath_prepend(str(FAKES))
    assert str(FAKES) in sys.path
    chat = Chat()
    yield chat
    chat.client.close()


def test_a_process_that_dies_fails_one_case_and_the_others_go_on(chat):
    chat.start("a", "dies", "b")

    assert chat.until(protocol.BatchEnded) == protocol.BatchEnded(stopped=False)
    assert chat.done() == ["a", "b"]
    (failed,) = [e for e in chat.events if isinstance(e, protocol.CaseFailed)]
    assert failed.path.name == "dies"
    assert "the process ended (exit code 9)" in failed.message
    assert not chat.client.running


def test_a_process_that_dies_before_the_first_case_is_not_started_again(chat):
    chat.start("a", "b", model="dies")

    failed = chat.until(protocol.BatchFailed)
    assert "exit code 3" in failed.message
    assert chat.done() == []
    assert not chat.client.running


@pytest.mark.parametrize("case", ["slow", "deaf"])
def test_a_stop_ends_the_work_even_if_the_process_does_not_listen(chat, case):
    chat.start("a", case, "b")
    chat.until(protocol.CaseDone)

    chat.client.stop()

    assert chat.until(protocol.BatchEnded) == protocol.BatchEnded(stopped=True)
    assert chat.done() == ["a"]
    assert not chat.client.running
