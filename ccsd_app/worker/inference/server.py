"""The inference process's loop: commands are handled between the steps of the work.

    ┌─ read all commands ◀────────────────────┐
    │  none and nothing to do: wait           │
    └▶ one step of the current task ─ reply ──┘   loading a model, or `Computation`

Commands are also checked for during encoding and decoding, between the network's layers: a cancel,
another case or a newer request takes effect within milliseconds, and work that is no longer needed
is aborted. Reading files and loading torch happen in a thread meanwhile.
"""

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from ccsd_app.worker import protocol
from ccsd_app.worker.inference.background import run_in_thread
from ccsd_app.worker.inference.command_queue import CommandQueue, ConnectionClosed, Interrupted
from ccsd_app.worker.inference.computation import Computation, LoadCase, PrepareCase, Task
from ccsd_app.worker.inference.fatal_errors import fatal_reason
from ccsd_app.worker.inference.on_demand_kinds import KINDS
from ccsd_app.worker.inference.opened_case import OpenedCase
from ccsd_app.worker.inference.other_model import OtherModel
from ccsd_app.worker.inference.predictor_protocol import PredictorProtocol
from ccsd_core.errors import CcsdError, ResourceError, first_line
from ccsd_core.inference.hardware.failures import is_out_of_memory

LoadModel = Callable[[str | None, str], PredictorProtocol]


@dataclass(frozen=True, slots=True)
class Loaders:
    """What the process reads, and how it is limited.

    Args:
        load_model: Loads a model by name or path, for a device.
        load_case: Reads a case.
        prepare_case: The work of preparing a case; None if it needs none.
        apply_limits: Applies the user's limits from now on.
        use_cores: Sets the number of threads, once torch is loaded.
    """

    load_model: LoadModel
    load_case: LoadCase
    prepare_case: PrepareCase
    apply_limits: Callable[[protocol.Limits], None]
    use_cores: Callable[[], None]


class Server:
    """Answers the window's commands.

    Args:
        connection: The connection to the window's process.
        loaders: Read models and cases.
    """

    def __init__(self, connection: Connection, loaders: Loaders) -> None:
        self._connection = connection
        self._loaders = loaders
        self._opened = OpenedCase()
        self._commands = CommandQueue(connection, self._opened.is_urgent)
        self._other = OtherModel(loaders.load_model, self._commands.raise_if_interrupted)
        self._predictor: PredictorProtocol | None = None
        self._model_problem = ""
        self._memory_mb = 0
        self._task: Task | None = None

    def run(self) -> None:
        """Answer until `Quit`.

        Raises:
            ConnectionClosed: If the window's process is gone.
        """
        while True:
            while self._task is None or not self._commands.empty:
                command = self._commands.get()
                if isinstance(command, protocol.Quit):
                    return
                self._handle(command)
            self._step()

    def _handle(self, command: protocol.Command) -> None:
        opened = self._opened
        match command:
            case protocol.LoadModel(model, device, limits):
                self._loaders.apply_limits(limits)
                self._memory_mb = limits.memory_mb
                opened.forget_encodings()
                self._other.forget()
                self._task = self._load(model, device)
            case protocol.OpenCase():
                opened.open(command)
                self._other.forget_case()
                if self._predictor is not None:
                    self._task = self._compute(self._predictor)
                elif self._task is None:
                    self._connection.send(protocol.Failed(None, self._model_problem))
            case protocol.Degrade():
                if opened.opening is not None:
                    self._stop()
                    opened.degrade(command)
                    self._continue()
            case protocol.KnownResults():
                if opened.is_of(command.generation):
                    opened.add_known(command)
                    if self._task is None and self._predictor is not None and not opened.paused:
                        self._task = self._compute(self._predictor)
            case protocol.RequestSubset(generation, subset):
                if opened.is_of(generation):
                    opened.want(subset)
                    self._continue()
            case protocol.Request():
                if opened.is_of(command.generation):
                    opened.on_demand.add(command)
                    self._continue()
            case protocol.Cancel(generation):
                # Loading the model continues: nothing works without it.
                opened.paused = True
                opened.on_demand.clear()
                if self._predictor is not None:
                    self._stop()
                self._connection.send(protocol.Stopped(generation))
            case protocol.Quit():
                return

    def _continue(self) -> None:
        if self._task is None and self._predictor is None:
            self._connection.send(protocol.Failed(None, self._model_problem))
        elif self._task is None and self._predictor is not None:
            self._task = self._compute(self._predictor)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.close()
            self._task = None

    def _compute(self, predictor: PredictorProtocol) -> Task:
        loaders = self._loaders
        return Computation(
            self._opened,
            predictor,
            self._connection.send,
            loaders.load_case,
            loaders.prepare_case,
            self._other,
        ).run()

    def _load(self, model: str | None, device: str) -> Task:
        self._predictor = None
        load = self._loaders.load_model
        predictor = yield from run_in_thread(lambda: load(model, device), "model")
        if "torch" in sys.modules:
            self._loaders.use_cores()
        predictor.raise_if_cancelled = self._commands.raise_if_interrupted
        self._predictor = predictor
        manifest = predictor.manifest
        self._connection.send(
            protocol.ModelReady(
                manifest.name,
                manifest.sha256,
                predictor.device,
                frozenset(manifest.training_cases),
                predictor.reference_scores,
                predictor.postprocess,
            )
        )

    def _step(self) -> None:
        assert self._task is not None
        opened = self._opened
        try:
            next(self._task)
            return
        except StopIteration:
            self._task = None
            if self._predictor is not None and opened.is_idle_before_start:
                self._task = self._compute(self._predictor)
            return
        except Interrupted:
            self._task = None
            opened.on_demand.postpone_current()
            return
        except ConnectionClosed:
            raise
        except ResourceError as error:
            # the encoding takes the memory that is needed: the next request encodes again
            # (criticality has separate features, which are freed by now)
            current = opened.on_demand.current
            if current is None or KINDS[current.kind].uses_encoding:
                opened.drop_encoding()
                self._other.forget_case()
            message = f"{error}{self._limit_note(error)}"
        except CcsdError as error:
            message = str(error)
        except Exception as error:
            if (reason := fatal_reason(error)) is not None:
                self._connection.send(protocol.Ending(f"{reason}{self._limit_note(error)}"))
                raise
            traceback.print_exc(file=sys.stderr)
            message = f"inference failed: {type(error).__name__}: {first_line(error)}"
        self._task = None
        self._report_failure(message)

    def _limit_note(self, error: Exception) -> str:
        """The user's own limit, where it may be why memory ran out; "" otherwise."""
        if not self._memory_mb or not is_out_of_memory(error):
            return ""
        return f" (Preferences limit the inference process to {self._memory_mb} MB of memory)"

    def _report_failure(self, message: str) -> None:
        """Report what failed: an on-demand result, after which the others go on, or all."""
        opening, failed = self._opened.opening, self._opened.on_demand.finish_current()
        if opening is not None and failed is not None and self._predictor is not None:
            self._connection.send(
                protocol.RequestFailed(opening.generation, failed.kind, failed.key, message)
            )
            self._task = self._compute(self._predictor)
            return
        generation = opening.generation if opening else None
        if self._predictor is None:
            self._model_problem = message
            generation = None
        self._connection.send(protocol.Failed(generation, message))
