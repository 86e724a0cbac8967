"""Calling a function on many arguments in several processes, with results in order.

    arguments ──▶ ┌ process ┐      pipe       ┐
              ──▶ │ process │ ═══ pickled ═══▶├──▶ answers, in the order of the arguments
              ──▶ └ process ┘  numpy arrays   ┘

A process that is killed while it sends an answer leaves half of it in the pipe. Therefore the
parent closes its own writing end, and a thread monitors the processes: if one has ended, or no
answer arrived for `TIMEOUT_S`, it ends the others, and the reader gets the end of the pipe. The
processes are those of torch's `DataLoader`. Answers contain numpy arrays, not tensors: torch sends
tensors through shared memory, of which a container often has 64 MB, so that the third patch would
end the run with a bus error. Arrays are sent through the pipe.
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
"""Seconds between the end of one process and ending the others; torch reports most within five."""
TIMEOUT_S = 3600.0
"""Seconds to wait for one answer, longer than any case takes; a hanging process never ends."""
_START = "fork" if sys.platform == "linux" else None
"""With fork the processes share the cases in memory; on other systems it is not safe."""


def call_in_processes(
    function: Callable[[Argument], Answer],
    arguments: Iterable[Argument],
    *,
    workers: int,
    ahead: int = 2,
) -> Generator[Answer, None, None]:
    """The answers of `function`, in order, each computed shortly before it is requested.

    Closing the iterator, or dropping it, ends the processes.

    Args:
        function: Function to call; its answers consist of numpy arrays and plain values.
        arguments: Argument of each call; read lazily, so there may be very many.
        workers: Number of processes; 0 for the current process.
        ahead: Number of calls that each process may compute in advance.

    Raises:
        CcsdError: Any error that a call raises.
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
        # ignored: torch's warning about more processes than processors, which the user may choose,
        # and Python 3.12's about forking with threads, since each process uses only one thread of
        # its own
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
    """Monitors the processes of a `DataLoader`'s iterator, so that the parent never waits forever.

    Args:
        iterator: torch's iterator with running processes.
    """

    def __init__(self, iterator: Any) -> None:
        self._iterator: Any = iterator
        self._workers: list[Any] = iterator._workers
        self._asked_s: float | None = None
        self._ended = threading.Event()
        # Otherwise the parent would keep the pipe open, and the reader would never get its end.
        iterator._worker_result_queue._writer.close()
        self._thread = threading.Thread(target=self._watch, name="processes", daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._iterator = None  # torch then ends its processes

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
    """Ignore SIGTERM, which is sent to a whole process group, because the parent ends this process.

    A process that dies while sending an answer would leave half of it in the pipe. (Observed with
    SIGTERM to a run's process group: torch's own handler exits immediately if the parent did not
    send the signal.)
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@contextlib.contextmanager
def _keep_sigchld_handler() -> Iterator[None]:
    """Keep the previous SIGCHLD handler.

    torch installs a handler that raises in the main thread, in the middle of a training step, when
    a process dies. Without it, the missing next answer reveals the problem.
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
    """One of our errors as sent through the pipe; torch would send a traceback as text."""

    kind: type[CcsdError]
    message: str

    def error(self) -> CcsdError:
        """The error, created without its constructor, which may need other arguments."""
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
    """Return an answer unchanged; torch's default collation would convert arrays to tensors."""
    return answer
