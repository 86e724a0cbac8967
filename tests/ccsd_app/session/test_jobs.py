"""`JobRunner`: the newest job reports, a cancelled one does not."""

from concurrent.futures import Executor, Future

from ccsd_app.session.jobs import JobRunner, Listener
from ccsd_core.progress import Progress


class ByHand(Executor):
    """Runs what is submitted when it is told to."""

    def __init__(self) -> None:
        self.waiting: list = []

    def submit(self, fn, /, *args, **kwargs) -> Future:
        self.waiting.append(lambda: fn(*args, **kwargs))
        return Future()

    def run(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


def work(answer: str):
    yield Progress(0, 1, answer)
    if answer == "bad":
        raise ValueError("bad work")
    return answer


def heard_by(log: list) -> Listener:
    return Listener(
        done=lambda result: log.append(("done", result)),
        failed=lambda error: log.append(("failed", str(error))),
        progress=lambda progress: log.append(("progress", progress.what)),
    )


def test_a_job_reports_its_progress_and_its_result():
    executor, log = ByHand(), []
    JobRunner(executor, lambda call: call()).start(work("a"), heard_by(log))

    executor.run()

    assert log == [("progress", "a"), ("done", "a")]


def test_an_error_is_reported_and_does_not_escape():
    executor, log = ByHand(), []
    JobRunner(executor, lambda call: call()).start(work("bad"), heard_by(log))

    executor.run()

    assert log[-1] == ("failed", "bad work")


def test_nothing_is_received_of_a_job_that_a_newer_one_replaced():
    executor, log = ByHand(), []
    runner = JobRunner(executor, lambda call: call())
    runner.start(work("old"), heard_by(log))
    runner.start(work("new"), heard_by(log))

    executor.run()

    assert log == [("progress", "new"), ("done", "new")]


def test_an_event_on_its_way_when_the_job_was_cancelled_is_dropped():
    executor, log, posted = ByHand(), [], []
    job = JobRunner(executor, posted.append).start(work("a"), heard_by(log))
    executor.run()

    job.cancel()
    for call in posted:
        call()

    assert log == []
