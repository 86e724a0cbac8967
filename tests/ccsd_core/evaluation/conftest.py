"""A model for evaluation tests whose answers are known: it erodes the truth as sequences go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import pytest

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.errors import CcsdError
from ccsd_core.evaluation.metrics.registry import METRICS, Metric
from ccsd_core.evaluation.protocol import evaluate
from ccsd_core.evaluation.results.result import EvaluatedCase, Evaluation, Score
from ccsd_core.progress import Progress, Steps, drain
from ccsd_core.storage.models.manifest import Manifest


@dataclass
class FakePredictor:
    """Predicts the truth, less `4 − |subset|` planes of it along x.

    A case with fewer than four sequences loses one plane more, so that it scores otherwise.

    Args:
        training_cases: What its manifest says it has seen.
        fails_on: Raise this error while encoding the case of this id.
    """

    training_cases: tuple[str, ...] = ()
    fails_on: dict[str, CcsdError] = field(default_factory=dict)
    encoded: list[str] = field(default_factory=list)
    asked: list[tuple[str, ModalitySubset]] = field(default_factory=list)

    @property
    def manifest(self) -> Manifest:
        return Manifest(name="fake", sha256="0123456789ab" * 5, training_cases=self.training_cases)

    def encode(self, case: Case) -> Steps[Case]:
        for position, modality in enumerate(case.available):
            yield Progress(position, len(case.available), f"encoding {modality.label}")
        if case.id in self.fails_on:
            raise self.fails_on[case.id]
        self.encoded.append(case.id)
        return case

    def predict(self, encoded: Case, subset: ModalitySubset) -> Segmentation:
        self.asked.append((encoded.id, subset))
        assert encoded.reference_regions is not None
        regions = encoded.reference_regions.copy()
        planes = np.flatnonzero(regions[Region.WT].any(axis=(1, 2)))
        lost = 4 - len(subset) + (len(encoded.available) < 4)
        regions[:, planes[:lost]] = False
        provenance = Provenance(
            encoded.id, "fake", "0" * 64, subset, encoded.available, "0", seen_in_training=False
        )
        return Segmentation(regions, encoded.grid, encoded.stored, encoded.scheme, provenance)


@pytest.fixture
def fake_predictor() -> type[FakePredictor]:
    return FakePredictor


@pytest.fixture
def small_evaluation(brats_case, tmp_path) -> Callable[..., Evaluation]:
    """Evaluate the fake on two small cases; how many sequences they have can be chosen."""

    runs = count()

    def run(
        *available: ModalitySubset,
        training_cases: tuple[str, ...] = ("case0",),
        metrics: tuple[Metric, ...] = METRICS,
    ) -> Evaluation:
        whole = (ModalitySubset.full(), ModalitySubset.full())
        data = tmp_path / f"data{next(runs)}"
        paths = [
            brats_case(f"case{i}", under=data, available=a, seed=i).path
            for i, a in enumerate(available or whole)
        ]
        return drain(evaluate(FakePredictor(training_cases), paths, metrics=metrics))

    return run


@pytest.fixture
def made_up() -> Callable[..., Evaluation]:
    """An evaluation of drawn scores: no image is made, so it may have many cases.

    Args of what it returns:
        cases: How many.
        available: The sequences of the case of an index.
        value: A score by case index, subset, region and metric; drawn if left out.
        seen: Indices of the cases seen in training.
        absent: Regions of which the expert marked nothing, by case index.
        prefix: What ids begin with.
    """

    def make(
        cases: int = 7,
        *,
        available: Callable[[int], ModalitySubset] = lambda _: ModalitySubset.full(),
        value: Callable[[int, ModalitySubset, Region, str], float] | None = None,
        metrics: tuple[str, ...] = ("dice", "dice_et500"),
        seen: tuple[int, ...] = (),
        absent: Mapping[int, set[Region]] | None = None,
        prefix: str = "case",
        seed: int = 0,
    ) -> Evaluation:
        drawn = np.random.default_rng(seed)
        chosen = value or (lambda *_: float(drawn.random()))
        none_of = absent or {}
        found = tuple(
            EvaluatedCase(f"{prefix}{i}", available(i), i in seen, frozenset(none_of.get(i, set())))
            for i in range(cases)
        )
        return Evaluation(
            "made-up",
            "0" * 64,
            found,
            tuple(
                Score(
                    case.id, s, region, metric, chosen(i, s, region, metric), "a policy", i in seen
                )
                for i, case in enumerate(found)
                for s in case.available.subsets()
                for metric in metrics
                for region in Region
            ),
        )

    return make
