"""Calling one function on many arguments in several processes, answers in order.

    arguments ──▶ ┌ process ┐      pipe       ┐
              ──▶ │ process │ ═══ pickled ═══▶├──▶ answers, in the order of the arguments
              ──▶ └ process ┘  numpy arrays   ┘

A process that is killed in the midst of an answer leaves half of it in the pipe, and nobody ever
writes the rest. So the parent closes its own writing end, and a thread watches: where a process
is gone, or nothing has come for `TIMEOUT_S`, it ends the others, and the reader finds the end.

The processes are those of torch's `DataLoader`. Answers hold numpy arrays, not tensors: torch
sends a tensor by putting it into shared memory, and a container commonly has 64 MB of that, so
that the third patch in flight would end the run with a bus error. Arrays go through the pipe.
"""

import contextlib
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from torch.utils.data import DataLoader, Dataset

from ccsd_core.errors import CcsdError, ResourceError, first_line

Argument = TypeVar("Argument")
Answer = TypeVar("Answer")

GRACE_S = 12.0
"""Seconds after a process has gone until the others are ended; torch tells of most within five."""
TIMEOUT_S = 3600.0
"""Seconds to wait for one answer. No case takes as long; a process that hangs never ends."""
_START = "fork" if sys.platform == "linux" else None
"""With fork the processes share the cases in memory; elsewhere it is not safe."""


def call_in_processes(
    function: Callable[[Argument], Answer],
    arguments: Iterable[Argument],
    *,
    workers: int,
    ahead: int = 2,
) -> Generator[Answer, None, None]:
    """The answers of `function`, in order, each computed shortly before it is asked for.

    Closing the iterator, or dropping it, ends the processes.

    Args:
        function: What to call; its answers are made of numpy arrays and plain values.
        arguments: Argument of each call; read as the work goes on, so there may be very many.
        workers: Processes; 0 calls in this one.
        ahead: Calls each process may be ahead of what was asked for.

    Raises:
        CcsdError: What a call raises.
        ResourceError: If a process dies, or hangs.
    """
    if workers == 0:
        yield from map(function, arguments)
        return
    try:
        answers = _start_workers(function, arguments, workers, ahead)
        with _Watch(answers) as watch:
            for answer in watch.answers():
                if isinstance(answer, _PickledError):
                    raise answer.error()
                yield answer
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        reason = first_line(error).rstrip(".")
        raise ResourceError(
            f"one of the {workers} processes that prepare data ended ({reason}): "
            "memory may have run out; lower engine.workers"
        ) from error


def _start_workers(
    function: Callable[[Any], Any], arguments: Any, workers: int, ahead: int
) -> Iterator[Any]:
    with warnings.catch_warnings(), _keep_sigchld_handler():
        # torch's advice to start no more processes than there are processors, which is the
        # user's to decide, and Python 3.12's against forking beside threads: the processes
        # compute with one own thread and use none of this process
        warnings.filterwarnings("ignore", "This DataLoader will create", UserWarning)
        warnings.filterwarnings("ignore", ".*use of fork", DeprecationWarning)
        return iter(
            DataLoader(
                _Calls(function),
                batch_size=None,
                sampler=arguments,
                num_workers=workers,
                collate_fn=_unchanged,
                prefetch_factor=ahead,
                multiprocessing_context=_START,
                worker_init_fn=_ignore_sigterm,
            )
        )


class _Watch:
    """Watches the processes of a `DataLoader`'s iterator, so that no answer is awaited for ever.

    Args:
        iterator: torch's iterator, whose processes run.
    """

    def __init__(self, iterator: Any) -> None:
        self._iterator: Any = iterator
        self._workers: list[Any] = iterator._workers
        self._asked_s: float | None = None
        self._ended = threading.Event()
        # Else the parent itself keeps the pipe open, and the reader never finds its end.
        iterator._worker_result_queue._writer.close()
        self._thread = threading.Thread(target=self._watch, name="processes", daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._iterator = None  # torch ends its processes then

    def answers(self) -> Iterator[Any]:
        """The iterator's answers."""
        while True:
            self._asked_s = time.monotonic()
            try:
                answer = next(self._iterator)
            except StopIteration:
                return
            except (EOFError, OSError) as error:  # the pipe's end
                raise RuntimeError("DataLoader worker was killed or sent nothing") from error
            self._asked_s = None
            yield answer

    def _watch(self) -> None:
        gone_s: float | None = None
        while not self._ended.wait(min(1.0, GRACE_S / 4)):
            now, asked_s = time.monotonic(), self._asked_s
            if gone_s is None and any(worker.exitcode for worker in self._workers):
                gone_s = now
            gone = gone_s is not None and now - gone_s > GRACE_S
            hangs = asked_s is not None and now - asked_s > TIMEOUT_S
            if gone or hangs:
                for worker in self._workers:
                    worker.kill()
                return


def _ignore_sigterm(_: int) -> None:
    """Ignore SIGTERM, which is sent to a whole group of processes: the parent ends this one.

    One that died while sending an answer would leave half of it in the pipe, and the parent would
    wait for the other half for ever, because it holds the pipe's other end itself. (Seen: SIGTERM
    to a run's process group. torch's own handler dies at once, if the parent did not send it.)
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@contextlib.contextmanager
def _keep_sigchld_handler() -> Iterator[None]:
    """Keep the SIGCHLD handler that was set before.

    torch installs one that raises where the main thread happens to be, in the midst of a training
    step, when a process dies. Without it the next answer, which is missing, reveals it.
    """
    settable = threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGCHLD")
    before = signal.getsignal(signal.SIGCHLD) if settable else None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGCHLD, before)


@dataclass(frozen=True, slots=True)
class _PickledError:
    """An error of ours as sent through the pipe; torch would wrap it in the text of a traceback."""

    kind: type[CcsdError]
    message: str

    def error(self) -> CcsdError:
        """The error again, without its constructor, which may need more than the message."""
        return self.kind.__new__(self.kind, self.message)


class _Calls(Dataset[Any], Generic[Argument, Answer]):
    """The function as a torch data set, indexed by its arguments."""

    def __init__(self, function: Callable[[Argument], Answer]) -> None:
        self._function = function

    def __getitem__(self, index: Any) -> Any:
        try:
            return self._function(index)
        except CcsdError as error:
            return _PickledError(type(error), str(error))


def _unchanged(answer: Answer) -> Answer:
    """Return an answer unchanged, where torch's collation would make tensors of arrays."""
    return answer
