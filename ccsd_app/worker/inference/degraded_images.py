"""Degraded images of the open case in the inference process, each sequence computed once.

degradations ──▶ volumes, the newest kept ──▶ case
case ──▶ encoded again from the encoding that differs from it in the fewest sequences
"""

from collections.abc import Generator, Iterable
from dataclasses import replace

from ccsd_app.worker.inference.background import run_in_thread
from ccsd_app.worker.inference.predictor_protocol import EncodedCaseProtocol, PredictorProtocol
from ccsd_core.data.degradation.degradations import Degradation, Degradations
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.progress import Progress

KEPT_VOLUMES = 6
"""So many degraded sequences are kept, the newest ones: others stay while one slider is moved."""


class DegradedImages:
    """Makes degraded images of one case.

    Args:
        original: The case with its images as they are.
    """

    def __init__(self, original: Case) -> None:
        self.original = original
        self._volumes: dict[tuple[Modality, tuple[Degradation, ...]], Volume] = {}

    def case_of(self, degradations: Degradations) -> Generator[Progress, None, Case]:
        """The case with these degradations; a sequence that stays is the same object as before.

        Yields progress while they are computed in a thread.

        Raises:
            CaseError: If the case lacks a sequence that is needed.
        """
        volumes: dict[Modality, Volume] = {}
        for sequence in degradations.sequences:
            key = sequence, degradations.of_sequence(sequence)
            volume = self._volumes.pop(key, None)
            if volume is None:
                volume = yield from self._computed(sequence, degradations)
            self._volumes[key] = volumes[sequence] = volume
        self._volumes = dict(list(self._volumes.items())[-KEPT_VOLUMES:])
        if not volumes:
            return self.original
        return replace(
            self.original,
            volumes={**self.original.volumes, **volumes},
            degraded=degradations.labels,
        )

    def _computed(
        self, sequence: Modality, degradations: Degradations
    ) -> Generator[Progress, None, Volume]:
        from ccsd_core.data.degradation.apply import degraded_volume

        work = run_in_thread(
            lambda: degraded_volume(self.original, sequence, degradations), "degradation"
        )
        yield Progress(0, 0, f"degrading {sequence.label}")
        while True:
            try:
                next(work)
            except StopIteration as end:
                return end.value
            yield Progress(0, 0, f"degrading {sequence.label}")


def encoded_again(
    predictor: PredictorProtocol, encodings: Iterable[EncodedCaseProtocol], case: Case
) -> Generator[Progress, None, EncodedCaseProtocol]:
    """Encode a case of which only some sequences differ from encoded ones.

    Args:
        predictor: The model.
        encodings: Encodings of the same case with other images.
        case: The case.
    """

    def changed(one: EncodedCaseProtocol) -> int:
        return sum(one.case.volumes[m] is not case.volumes[m] for m in case.available)

    nearest = min(encodings, key=changed)
    if changed(nearest) == 0:
        return nearest
    return (yield from predictor.reencode(nearest, case))
