"""Agreement of criticality with true loss for networks of which the answer is known."""

import shutil

import numpy as np
import pytest
import torch
from torch import nn

from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.dice import dice
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import ResourceError
from ccsd_core.evaluation.derived.criticality_agreement import (
    KINDS,
    Ordering,
    agreement_of,
    criticality_agreement,
)
from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.protocol import evaluate
from ccsd_core.evaluation.statistics.rank_agreement import chance_variance
from ccsd_core.inference.predictor import Predictor
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.progress import drain
from ccsd_core.storage.models.manifest import Manifest

FULL = ModalitySubset.full()
LEFT_OUT = {m: FULL.toggled(m) for m in Modality}
TINY = ModelConfig(base_channels=2, levels=2, spacing_mm=1.0)
MANIFEST = Manifest(name="made", sha256="0" * 64)


def predictor_of(network: CcsdNetwork, *, spacing_mm: float = 1.0) -> Predictor:
    return Predictor(
        network,
        MANIFEST,
        spacing_mm=spacing_mm,
        device="cpu",
        dtype=torch.float32,
        postprocess=Postprocess(()),
    )


def network_that_needs(needed: Modality) -> CcsdNetwork:
    """It marks what is bright in one sequence, and looks at no other.

    The projections of the others are 0, so neither a prediction nor a loss depends on them. Of the
    needed one the finest level alone is decoded: its brightness, past norms that keep the order,
    above a threshold. Fused features are the shared ones, so that equal images have equal ones.
    """
    network = build_network(TINY)
    with torch.no_grad():
        for level in network.decoder.projections:
            for modality in Modality:
                nn.init.zeros_(level[modality].weight)
        nn.init.eye_(network.decoder.projections[0][needed].weight[:, :, 0, 0, 0])
        for block in network.shared.levels[0]:  # passes the image on
            nn.init.zeros_(block.conv.weight)
            block.conv.weight[:, 0, 1, 1, 1] = 1
        silent = [layer.mix for layer in network.composition.values()] + [*network.decoder.blocks]
        for block in silent:  # adds nothing
            nn.init.zeros_(block.norm.weight)
        nn.init.zeros_(network.decoder.reduce[0].weight)
        nn.init.ones_(network.decoder.head.weight)
        nn.init.constant_(network.decoder.head.bias, -5.0)
    return network


def with_one_that_differs(written, needed: Modality):
    """A case in which the three other sequences show the same: their features are as alike."""
    first, *others = [m for m in Modality if m != needed]
    names = {Modality.FLAIR: "flair", Modality.T1: "t1", Modality.T1C: "t1ce", Modality.T2: "t2"}
    for other in others:
        folder = written.path
        paths = [folder / f"{folder.name}_{names[m]}.nii.gz" for m in (first, other)]
        shutil.copyfile(*paths)
    return written.path


@pytest.mark.parametrize("needed", list(Modality), ids=lambda m: m.name)
def test_a_network_that_needs_one_sequence_has_agreement_1(brats_case, needed):
    paths = [with_one_that_differs(brats_case(f"c{i}", seed=i), needed) for i in range(3)]
    predictor = predictor_of(network_that_needs(needed), spacing_mm=2.0)

    evaluation = drain(
        evaluate(predictor, paths, metrics=METRICS[:1], criticality=predictor.criticality)
    )

    scores = [s for s in evaluation.scores if (s.metric, s.region) == ("dice", Region.WT)]
    assert min(s.value for s in scores if needed in s.subset) > 0.9  # it does what it was built for
    found = criticality_agreement(evaluation)
    for case in found.cases.values():
        assert case.loss[needed] > 0.4
        assert {case.loss[m] for m in Modality if m != needed} == {0}
        assert {case.criticality["gradient"][m] for m in Modality if m != needed} == {0}
    for kind in KINDS:
        agreement = found.kinds[kind]
        assert (agreement.mean.value, agreement.of_means.value) == (1, 1)
        assert (agreement.hits.value, agreement.chance) == (1, 0.25)
        assert agreement.significant


def random_case(seed: int, *, side: int = 16) -> Case:
    """Noise in every sequence, and labels that have nothing to do with it."""
    random, affine, shape = np.random.default_rng(seed), np.eye(4), (side, side, side)
    volumes = {
        m: Volume(random.uniform(0.5, 1.5, shape).astype(np.float32), affine) for m in Modality
    }
    labels = random.choice([0, 1, 2, 4], size=shape).astype(np.uint8)
    return Case(f"n{seed}", volumes, StoredGrid(shape, affine), Volume(labels, affine))


def ordering_of(predictor: Predictor, case: Case) -> Ordering:
    encoded = drain(predictor.encode(case, subsets=[FULL, *LEFT_OUT.values()]))
    scores = {}
    for subset in (FULL, *LEFT_OUT.values()):
        regions = predictor.predict(encoded, subset).regions
        scores[subset] = np.mean([dice(regions[r], case.reference_regions[r]) for r in Region])
    found = drain(predictor.criticality(case))
    loss = {m: scores[FULL] - scores[without] for m, without in LEFT_OUT.items()}
    return Ordering(loss, {"cosine": found.cosine, "gradient": found.gradient})


def test_random_weights_have_agreement_about_0():
    """24 networks, each on a case of its own, lie within 3 standard deviations of 0.

    The labels are drawn apart from the images, so the order of the losses has nothing to do with
    the features: each tau has the mean 0 and a variance of at most 13/54. The seeds are fixed.
    """
    cases = {}
    for seed in range(24):
        torch.manual_seed(seed)
        cases[str(seed)] = ordering_of(predictor_of(build_network(TINY)), random_case(seed))

    found = agreement_of(cases)

    tolerance = 3 * np.sqrt(chance_variance(4) / len(cases))
    assert tolerance == pytest.approx(0.30, abs=0.005)
    for kind in KINDS:
        agreement = found.kinds[kind]
        assert agreement.mean.cases >= 20  # a network that predicts nothing from anything has none
        assert abs(agreement.mean.value) < tolerance
        assert not agreement.significant
        assert agreement.hits.value == pytest.approx(agreement.chance, abs=3 * np.sqrt(3 / 16 / 20))


def test_a_case_too_large_for_gradients_is_scored_without_agreement(brats_case, network):
    paths = [brats_case(f"c{i}", seed=i).path for i in range(2)]
    predictor = Predictor(network, MANIFEST, spacing_mm=4.0, device="cpu")

    def small_memory(case: Case):
        if case.id == "c0":
            raise ResourceError("gradients would need some 9.0 GB of memory")
        return (yield from predictor.criticality(case))

    steps = evaluate(predictor, paths, metrics=METRICS[:1], criticality=small_memory)
    messages = []
    while True:
        try:
            messages.append(next(steps))
        except StopIteration as stop:
            evaluation = stop.value
            break

    assert {(s.case, s.subset) for s in evaluation.scores} == {
        (case, s) for case in ("c0", "c1") for s in ModalitySubset.every()
    }
    found = criticality_agreement(evaluation)
    assert set(found.cases) == {"c1"}
    assert found.left_out == {"c0": "gradients would need some 9.0 GB of memory"}
    assert any("criticality: gradients" in progress.what for progress in messages)
    done = [progress.done for progress in messages]
    assert done == sorted(done)
    assert len({progress.total for progress in messages}) == 1
