"""What the inference process uses of the predictor, so that a test can supply a fake one."""

from collections.abc import Callable, Generator, Mapping
from typing import Any, Protocol

from ccsd_app.worker.inference.probability_bytes import RegionProbabilities
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.progress import Progress
from ccsd_core.storage.models.manifest import Manifest


class EncodedCaseProtocol(Protocol):
    """What the inference process uses of the result of `Predictor.encode`."""

    @property
    def case(self) -> Case: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


class CriticalityProtocol(Protocol):
    """What `Predictor.criticality` returns."""

    @property
    def cosine(self) -> Mapping[Modality, float]: ...
    @property
    def gradient(self) -> Mapping[Modality, float]: ...
    @property
    def path(self) -> tuple[ModalitySubset, ...]: ...
    @property
    def against_expert(self) -> bool: ...


class PredictorProtocol(Protocol):
    """What is used of `ccsd_core.inference.predictor.Predictor`."""

    @property
    def manifest(self) -> Manifest: ...
    @property
    def device(self) -> str: ...
    @property
    def postprocess(self) -> Postprocess: ...

    reference_scores: ReferenceScores | None
    raise_if_cancelled: Callable[[], None] | None

    def encode(self, case: Case) -> Generator[Progress, None, EncodedCaseProtocol]: ...
    def reencode(
        self, encoded: Any, case: Case
    ) -> Generator[Progress, None, EncodedCaseProtocol]: ...
    def predict_nested_labels(
        self, encoded: Any, subset: ModalitySubset, *, nesting: bool = ...
    ) -> NestedLabels: ...
    def probabilities(self, encoded: Any, subset: ModalitySubset) -> RegionProbabilities: ...
    def load_for_criticality(self) -> None: ...
    def criticality(self, case: Case) -> Generator[Progress, None, CriticalityProtocol]: ...
