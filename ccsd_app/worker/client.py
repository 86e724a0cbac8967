"""The window's end of the inference process: starts it, talks to it, starts it again when it dies.

    GUI thread     open · want · cancel ──▶ pipe ──▶ process
    reader thread                           pipe ◀── process
    GUI thread     tell(message) ◀── post ◀── reader (unpacks parcels)

Everything is called, and told, on the GUI thread; only the reader thread waits. A process that
dies is started again and given the open case again, without the subsets that are known. If it
dies once more before it has finished a single subset, it is left alone and says so.
"""

import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_app.worker import entry, protocol
from ccsd_app.worker.parcel import unpack
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.cases.overrides import FilesByHand

Post = Callable[[Callable[[], None]], None]
"""Has a function called on the GUI thread."""

CANCEL_PATIENCE_S = 10.0
"""A cancel that is not acknowledged by then ends the process, which is started again."""
QUIT_PATIENCE_S = 1.0
"""How long the process may take to end by itself when the window closes."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished subset with its depth map fetched."""

    message: protocol.Finished
    depth: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Map:
    """Probabilities of one subset, fetched: (region, x, y, z)."""

    message: protocol.Mapped
    values: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Died:
    """The inference process ended by itself.

    Args:
        message: Why, as far as known, and what happens now.
        restarted: Whether a new one was started.
    """

    message: str
    restarted: bool


News = (
    protocol.ModelReady
    | protocol.Working
    | protocol.Noticed
    | Result
    | Map
    | protocol.Critical
    | protocol.Distances
    | protocol.AsideFailed
    | protocol.Idle
    | protocol.Stopped
    | protocol.Failed
    | Died
)


class WorkerClient:
    """Runs one inference process.

    Args:
        tell: Hears all news, on the GUI thread.
        post: Has a function called on the GUI thread.
        program: Module of the process's program, which has `serve(connection)`.
        cancel_patience_s: See `CANCEL_PATIENCE_S`.
    """

    def __init__(
        self,
        *,
        tell: Callable[[News], None],
        post: Post,
        program: str = entry.PROGRAM,
        cancel_patience_s: float = CANCEL_PATIENCE_S,
    ) -> None:
        self._tell = tell
        self._post = post
        self._program = program
        self._cancel_patience_s = cancel_patience_s
        self._load: protocol.LoadModel | None = None
        self._opened: protocol.OpenCase | None = None
        self._generation = 0
        self._life = 0
        self._link: _Link | None = None
        self._case_sent = False
        self._asides: dict[type, protocol.Aside] = {}
        self._wanted_since_cancel = False
        self._died_in_vain = False
        self._last_words = ""
        self._unacknowledged: threading.Timer | None = None

    @property
    def running(self) -> bool:
        return self._link is not None

    def start(self, model: str | None, device: str) -> None:
        """Start the process and have it load the model."""
        self._load = protocol.LoadModel(model, device)
        self._launch()
        self._send_case()

    def open(self, path: Path, files: FilesByHand | None = None) -> None:
        """Have the process work on another case; nothing more is heard of the one before."""
        self._generation += 1
        self._opened = protocol.OpenCase(self._generation, path, files)
        self._asides.clear()
        self._wanted_since_cancel = True
        if not self._revive():
            self._send_case()

    def want(self, subset: ModalitySubset) -> None:
        """Compute `subset` next, then the others. Resumes after `cancel`."""
        opened = self._opened
        if opened is None:
            return
        self._opened = replace(opened, wanted=subset)
        self._wanted_since_cancel = True
        if self._revive():
            return
        if self._case_sent:
            self._send(protocol.Want(opened.generation, subset))
        else:
            self._send_case()

    def want_map(self, subset: ModalitySubset) -> None:
        """Compute how sure the network is from `subset`; what was cancelled stays so."""
        self._want_aside(protocol.WantMap(self._generation, subset))

    def want_criticality(self) -> None:
        """Compute how hard each sequence is to replace."""
        self._want_aside(protocol.WantCriticality(self._generation))

    def want_distances(self, subset: ModalitySubset) -> None:
        """Compute how far the surfaces of a computed subset lie from the expert's."""
        self._want_aside(protocol.WantDistances(self._generation, subset))

    def _want_aside(self, request: protocol.Aside) -> None:
        if self._opened is None:
            return
        self._asides[type(request)] = request
        self._wanted_since_cancel = True
        if self._revive():
            return
        if not self._case_sent:
            self._send_case()  # with all that is asked for besides
            return
        self._send(request)

    def cancel(self) -> None:
        """Stop computing. Acknowledged by `Stopped`, or the process is replaced."""
        if self._opened is None or self._link is None:
            return
        self._asides.clear()
        self._wanted_since_cancel = False
        self._send(protocol.Cancel(self._generation))
        self._forget_timer()
        self._unacknowledged = threading.Timer(
            self._cancel_patience_s, self._post, args=[partial(self._replace, self._life)]
        )
        self._unacknowledged.daemon = True
        self._unacknowledged.start()

    def stop(self) -> None:
        """End the process, politely first. The client cannot be used afterwards."""
        self._forget_timer()
        self._life += 1
        link, self._link = self._link, None
        self._opened = self._load = None
        if link is not None:
            link.close()

    def _launch(self) -> None:
        self._life += 1
        self._case_sent = False
        self._link = _Link(self._program, partial(self._hear, self._life))
        assert self._load is not None
        self._send(self._load)

    def _revive(self) -> bool:
        """Start the process again if it was given up; whether that was so."""
        if self._link is not None or self._load is None:
            return False
        self._died_in_vain = False
        self._launch()
        self._send_case()
        return True

    def _send_case(self) -> None:
        if self._opened is not None and self._link is not None:
            self._case_sent = True
            self._send(self._opened)
            for request in self._asides.values():
                self._send(request)

    def _send(self, request: protocol.Request) -> None:
        if self._link is not None:
            self._link.send(request)

    def _hear(self, life: int, reply: protocol.Reply | None) -> None:
        """Reader thread: fetch what came with the reply, then go to the GUI thread."""
        news: News | protocol.OutOfMemory | None
        try:
            match reply:
                case protocol.Finished():
                    news = Result(reply, unpack(reply.depth))
                case protocol.Mapped():
                    stacked = unpack(reply.values)
                    news = Map(reply, np.stack(np.split(stacked, len(Region))))
                case _:
                    news = reply
        except OSError as error:
            generation = getattr(reply, "generation", None)
            news = protocol.Failed(generation, f"a result was lost on its way: {error}")
        self._post(partial(self._deliver, life, news))

    def _deliver(self, life: int, news: News | protocol.OutOfMemory | None) -> None:
        if life != self._life:
            return
        match news:
            case None:
                self._on_death()
                return
            case protocol.OutOfMemory(message):
                self._last_words = message
                return
            case protocol.Stopped():
                self._forget_timer()
            case Result(message, _):
                opened = self._opened
                if opened is not None and message.generation == opened.generation:
                    # (after a restart the full set comes again, which is no progress)
                    if message.subset not in opened.done:
                        self._died_in_vain = False
                    self._opened = replace(opened, done=opened.done | {message.subset})
            case Map(message, _):
                self._answered(protocol.WantMap(message.generation, message.subset))
            case protocol.Critical(generation):
                self._answered(protocol.WantCriticality(generation))
            case protocol.Distances(generation, subset):
                self._answered(protocol.WantDistances(generation, subset))
            case protocol.AsideFailed(_, request):
                self._answered(request)
            case _:
                pass
        if self._is_current(news):
            self._tell(news)

    def _answered(self, request: protocol.Aside) -> None:
        self._died_in_vain = False
        if self._asides.get(type(request)) == request:
            del self._asides[type(request)]

    def _is_current(self, news: News) -> bool:
        """Whether the news is about the open case, or about none."""
        generation = (
            news.message.generation
            if isinstance(news, Result | Map)
            else getattr(news, "generation", None)
        )
        return generation is None or generation == self._generation

    def _on_death(self) -> None:
        link, self._link = self._link, None
        exit_code = link.close() if link is not None else None
        self._forget_timer()
        reason = self._last_words or f"the inference process ended ({_describe(exit_code)})"
        self._last_words = ""
        # What was wanted besides subsets may be what ended the process: it is not tried again.
        given_up = list(self._asides.values())
        self._asides.clear()
        restarted = not self._died_in_vain and self._load is not None
        if restarted:
            self._died_in_vain = True
            self._launch()
            self._send_case()
            self._tell(Died(f"{reason}: it was started again", restarted=True))
        else:
            stopped = f"{reason} twice in a row: computing has stopped, ask again to retry"
            self._tell(Died(stopped, restarted=False))
        for request in given_up:
            self._tell(protocol.AsideFailed(request.generation, request, reason))

    def _replace(self, life: int) -> None:
        """GUI thread: a cancel was not heard in time."""
        if life != self._life or self._unacknowledged is None:
            return
        self._unacknowledged = None
        link, self._link = self._link, None
        if link is not None:
            link.kill()
        self._launch()
        if self._wanted_since_cancel:
            self._send_case()
        self._tell(protocol.Stopped(self._generation))

    def _forget_timer(self) -> None:
        if self._unacknowledged is not None:
            self._unacknowledged.cancel()
            self._unacknowledged = None


class _Link:
    """One process, its pipe and the thread that reads from it."""

    def __init__(self, program: str, hear: Callable[[protocol.Reply | None], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(
            target=entry.main, args=(theirs, program), name="ccsd-inference", daemon=True
        )
        self._process.start()
        theirs.close()
        self._reader = threading.Thread(
            target=_read, args=(self._ours, hear), name="ccsd-inference-reader", daemon=True
        )
        self._reader.start()

    def send(self, request: protocol.Request) -> None:
        try:
            self._ours.send(request)
        except OSError:
            return  # the reader hears of the death

    def close(self) -> int | None:
        """End the process, by force if need be; its exit code."""
        self.send(protocol.Quit())
        self._process.join(QUIT_PATIENCE_S)
        return self.kill()

    def kill(self) -> int | None:
        """End the process at once; its exit code."""
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(QUIT_PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._reader.join(QUIT_PATIENCE_S)
        self._ours.close()
        exit_code = self._process.exitcode
        self._process.close()
        return exit_code


def _read(connection: Connection, hear: Callable[[protocol.Reply | None], None]) -> None:
    while True:
        try:
            reply = connection.recv()
        except (EOFError, OSError):
            hear(None)
            return
        hear(reply)


def _describe(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"signal {-exit_code}"
    return f"exit code {exit_code}"
