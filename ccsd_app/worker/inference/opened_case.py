"""The open case in the inference process: what was requested, and what is available.

Commands of the window change it between steps of the work (`Computation`), which goes on from what
it finds here.
"""

from dataclasses import dataclass, field, replace

from ccsd_app.worker import protocol
from ccsd_app.worker.inference.degraded_images import DegradedImages
from ccsd_app.worker.inference.on_demand_queue import OnDemandQueue
from ccsd_app.worker.inference.predictor_protocol import EncodedCaseProtocol
from ccsd_app.worker.inference.schedule import Schedule
from ccsd_app.worker.inference.subset_evaluator import SubsetEvaluator
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset


@dataclass
class OpenedCase:
    """Everything about the open case.

    Args:
        opening: The command that opened it, with what was asked for since; None before the first.
        case: The images that are segmented, degraded if that was asked for; None until they are
            read.
        is_prepared: Whether they were prepared.
        images: The images as they are, and what degradations make of them.
        encoded_original: The encoding of the images as they are.
        encoded: The encoding of `case`, or of what was `case` before.
        evaluator_of_original: Measures results of the images as they are.
        evaluator: Measures results of `case`.
        schedule: The order of the subsets; None until the images are at hand.
        unsent: Degradations whose images the window does not have yet.
        current_subset: The subset that is being decoded.
        on_demand: On-demand results that are asked for.
        known_received: For which images (prepared or not) the window has reported its stored
            results.
        paused: Whether the user stopped the work.
    """

    opening: protocol.OpenCase | None = None
    case: Case | None = None
    is_prepared: bool = False
    images: DegradedImages | None = None
    encoded_original: EncodedCaseProtocol | None = None
    encoded: EncodedCaseProtocol | None = None
    evaluator_of_original: SubsetEvaluator | None = None
    evaluator: SubsetEvaluator | None = None
    schedule: Schedule | None = None
    unsent: Degradations | None = None
    current_subset: ModalitySubset | None = None
    on_demand: OnDemandQueue = field(default_factory=OnDemandQueue)
    known_received: set[bool] = field(default_factory=set[bool])
    paused: bool = False

    def is_of(self, generation: int) -> bool:
        """Whether a command is about this case, and not about one that was open before."""
        return self.opening is not None and self.opening.generation == generation

    @property
    def waits_for_known(self) -> bool:
        """Whether the window has not yet reported its stored results of the current images."""
        opening = self.opening
        waits = opening is not None and opening.wait_for_known
        return waits and self.is_prepared not in self.known_received

    @property
    def wanted_is_done(self) -> bool:
        """Whether the requested subset is computed; False if the case was closed meanwhile."""
        return self.schedule is not None and self.schedule.wanted in self.schedule.done

    @property
    def is_idle_before_start(self) -> bool:
        """Whether there is a case on which no work has begun."""
        started = self.case is not None and (self.evaluator is not None or self.waits_for_known)
        return self.opening is not None and not started and not self.paused

    def is_urgent(self, command: protocol.Command) -> bool:
        """Whether to abort the current block: for anything but a subset that can wait."""
        if isinstance(command, protocol.Request):
            return self.on_demand.is_urgent(command, self.schedule)
        if not isinstance(command, protocol.RequestSubset):
            return True
        if not self.is_of(command.generation):
            return False
        if self.schedule is None or command.subset in self.schedule.done:
            return False
        if self.current_subset is None:
            return self.on_demand.current is not None
        return self.schedule.with_wanted(command.subset).next != self.current_subset

    def open(self, opening: protocol.OpenCase) -> None:
        """Forget the case before, and take another one."""
        self.opening, self.encoded = opening, None
        self._forget_images()
        self.known_received.clear()
        self.paused = False
        self.evaluator = self.schedule = None
        self.on_demand.clear()

    def forget_encodings(self) -> None:
        """Forget the encodings of another model; the images stay."""
        self.encoded = self.encoded_original = self.evaluator = None
        self.on_demand.postpone_current()

    def drop_encoding(self) -> None:
        """Free the memory of images and encodings; which results are computed stays known."""
        if self.opening is not None and self.schedule is not None:
            done = self.opening.done | self.schedule.done
            self.opening = replace(self.opening, done=done)
        self.encoded = self.evaluator = self.schedule = None
        self._forget_images()

    def degrade(self, command: protocol.Degrade) -> None:
        """Go on with other images; what is known of the case and its encodings stay."""
        assert self.opening is not None
        self.opening = replace(
            self.opening,
            generation=command.generation,
            degradations=command.degradations,
            wanted=command.wanted,
            done=command.done,
            full=command.full,
            wait_for_known=False,
        )
        self.paused = False
        self.schedule = None
        self.on_demand.clear()

    def add_known(self, known: protocol.KnownResults) -> None:
        """The window has these results from an earlier time: they are not computed again."""
        assert self.opening is not None
        self.known_received.add(known.prepared)
        if known.done:
            done = self.opening.done | known.done
            self.opening = replace(self.opening, done=done, full=known.full)
        if self.schedule is not None and self.evaluator is not None:
            self.schedule = replace(self.schedule, done=self.schedule.done | known.done)
            if known.full is not None:
                self.evaluator.set_full_prediction(known.full)

    def want(self, subset: ModalitySubset) -> None:
        """The window waits for a subset."""
        assert self.opening is not None
        self.paused = False
        if self.schedule is not None:
            self.schedule = self.schedule.with_wanted(subset)
        self.opening = replace(self.opening, wanted=subset)

    def _forget_images(self) -> None:
        self.case, self.is_prepared = None, False
        self.images = self.encoded_original = self.evaluator_of_original = None
        self.unsent = None
