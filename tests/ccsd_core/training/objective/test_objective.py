"""The objective: what one step minimises, for full and for incomplete patients."""

import itertools

import pytest
import torch
from torch.nn import functional

from ccsd_app.benchmark.naive_objective import naive_loss
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.losses.ranking import ranking
from ccsd_core.training.build_objective import build_objective
from ccsd_core.training.config.config import DistillationConfig, LossConfig, TrainingConfig
from ccsd_core.training.objective.objective import StepPlan
from ccsd_core.training.schedule import StepDraw, draw_step

MIXED = torch.tensor([[True, True, True, True], [False, True, False, True]])
SWITCHES = [
    pytest.param({}, id="ccsd"),
    pytest.param({"features": "shared"}, id="shared"),
    pytest.param({"features": "specific"}, id="specific"),
    pytest.param({"criticality": "gradient"}, id="gradient"),
    pytest.param({"criticality": "random"}, id="random score"),
    pytest.param({"path": "min"}, id="min"),
    pytest.param({"path": "random"}, id="random path"),
    pytest.param({"rescore": True}, id="rescore"),
]


def draw(level: int, ramp: float = 1.0):
    """A draw of that level, its random order included."""
    step = next(s for s in range(50) if draw_step(s, seed=0, steps=99, ramp=0.0).level == level)
    found = draw_step(step, seed=0, steps=99, ramp=0.0)
    return type(found)(found.level, ramp, found.order)


def gradients(network, loss) -> dict[str, torch.Tensor]:
    network.zero_grad()
    loss.backward()
    found = {n: p.grad.clone() for n, p in network.named_parameters() if p.grad is not None}
    network.zero_grad()
    return found


def assert_alike(one, other):
    assert one.keys() == other.keys()
    for name, gradient in other.items():
        torch.testing.assert_close(one[name], gradient, rtol=1e-3, atol=1e-5, msg=name)


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("features", ["fused", "shared", "specific"])
@pytest.mark.parametrize("present", [torch.ones_like(MIXED), MIXED], ids=["full", "incomplete"])
def test_the_shared_encoding_gives_the_gradients_of_one_full_forward_per_subset(
    network, objective, images, target, level, features, present
):
    make = objective(features=features)
    loss, outcome = make(images, present, target, StepPlan(present, draw(level)))
    shared = gradients(network, loss)

    naive = naive_loss(make, images, present, target, level=level, path=outcome.path)

    torch.testing.assert_close(loss, naive, rtol=1e-4, atol=1e-5)
    assert_alike(shared, gradients(network, naive))


@pytest.fixture
def smooth(monkeypatch):
    """Activations without a kink.

    A batch of one is summed in another order than one of two on some processors. A voxel within
    rounding of 0 then has another slope, and the gradients differ by a thousandth.
    """

    def activation(x, slope):
        return slope * x + (1 - slope) * functional.silu(x)

    for user in ("layers.blocks", "unet.decoder"):
        monkeypatch.setattr(f"ccsd_core.model.{user}.leaky_relu", activation)


@pytest.mark.usefixtures("smooth")
@pytest.mark.parametrize("switches", SWITCHES)
@pytest.mark.parametrize("present", [torch.ones_like(MIXED), MIXED], ids=["full", "incomplete"])
def test_micro_batches_give_the_loss_and_gradients_of_one_batch(
    network, objective, images, target, switches, present
):
    make = objective(**switches)
    loss, whole = make(images, present, target, StepPlan(present, draw(2)))
    together = gradients(network, loss)

    halves = [slice(0, 1), slice(1, 2)]
    sums_of_parts = [make.criticality_sums(images[h], present[h], target[h]) for h in halves]
    sums = sums_of_parts[0] + sums_of_parts[1]
    path = make._path(sums, present, draw(2))
    parts = [
        make(images[h], present[h], target[h], StepPlan(present, draw(2), path))[0] for h in halves
    ]

    assert path == whole.path
    total = parts[0] + parts[1]
    torch.testing.assert_close(total, loss, rtol=1e-4, atol=1e-6)
    assert_alike(gradients(network, total), together)


@pytest.mark.parametrize("switches", SWITCHES)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_batch_may_mix_patients_with_any_number_of_sequences(
    network, objective, images, target, level, switches
):
    mixed = torch.tensor([[True, True, True, True], [False, True, False, False]])
    images = images.masked_fill(~mixed.reshape(2, 4, 1, 1, 1), torch.nan)

    loss, outcome = objective(**switches)(images, mixed, target, StepPlan(mixed, draw(level)))
    loss.backward()

    assert all(torch.isfinite(v) for v in outcome.parts.values())
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)
    assert len(outcome.path) == 4


@pytest.mark.parametrize("available", ModalitySubset.every(), ids=str)
def test_what_a_missing_channel_holds_does_not_reach_the_loss(
    network, objective, images, target, as_mask, available
):
    present = as_mask(available)
    dirty = images.masked_fill(~present.reshape(2, 4, 1, 1, 1), torch.nan)
    make = objective()

    clean, _ = make(images, present, target, StepPlan(present, draw(2)))
    loss, _ = make(dirty, present, target, StepPlan(present, draw(2)))

    torch.testing.assert_close(loss, clean, rtol=0, atol=0)
    assert_alike(gradients(network, loss), gradients(network, clean))


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_patient_with_one_sequence_is_not_distilled(objective, images, target, level):
    one = torch.tensor([[False, True, False, False]]).expand(2, -1)

    parts = objective()(images, one, target, StepPlan(one, draw(level)))[1].parts

    assert float(parts["hmsd"]) == float(parts["dmcd"]) == float(parts["seg_subsets"]) == 0
    assert float(parts["seg_full"]) > 0


@pytest.mark.parametrize(
    ("switches", "off", "on"),
    [({"hmsd": False}, "hmsd", "dmcd"), ({"dmcd": False}, "dmcd", "hmsd")],
    ids=["without HMSD", "without DMCD"],
)
@pytest.mark.parametrize("features", ["fused", "shared", "specific"])
def test_each_distillation_can_be_switched_off(
    objective, images, present, target, switches, off, on, features
):
    make = objective(auxiliaries=False, features=features, **switches)

    values = make(images, present, target, StepPlan(present, draw(2)))[1].parts

    assert values[off] == values["alignment"] == values["domain"] == 0
    assert values[on] > 0


def test_what_is_distilled_on_changes_the_distillation_alone(objective, images, present, target):
    kinds = ("fused", "shared", "specific")
    outcomes = [
        objective(features=kind)(images, present, target, StepPlan(present, draw(2)))[1].parts
        for kind in kinds
    ]

    for one, other in itertools.combinations(outcomes, 2):
        assert one["seg_full"] == other["seg_full"]
        assert one["seg_subsets"] == other["seg_subsets"]
        assert not torch.isclose(one["hmsd"], other["hmsd"])
        assert not torch.isclose(one["dmcd"], other["dmcd"])


@pytest.mark.parametrize("features", ["fused", "shared", "specific"])
def test_every_decode_that_is_distilled_learns_from_labels(
    objective, images, present, target, features, monkeypatch
):
    """Table 4 distils decodes of other features: what no label has taught cannot teach."""
    make = objective(features=features)
    decode, labelled = make.network.decode, []
    decoded: list[tuple[str, torch.Tensor]] = []

    def watched(encoding, subset, *, kind="fused"):
        decoded.append((kind, decode(encoding, subset, kind=kind)))
        return decoded[-1][1]

    monkeypatch.setattr(make.network, "decode", watched)
    monkeypatch.setattr(make.segmentation, "by_region", watched_loss(make.segmentation, labelled))
    _, outcome = make(images, present, target, StepPlan(present, draw(1)))

    kinds = {"fused", features}
    assert [kind for kind, _ in decoded].count(features) == 5, "the full set and four of one"
    assert len(decoded) == 5 * len(kinds)
    assert len(labelled) == len(kinds)
    for taught, kind in zip(labelled, ("fused", features), strict=False):
        made = torch.cat([logits for of, logits in decoded if of == kind])
        torch.testing.assert_close(taught, made, rtol=0, atol=0)
    assert (outcome.parts["seg_distilled"] > 0) == (features != "fused")


def watched_loss(segmentation, seen: list):
    by_region = segmentation.by_region

    def watched(logits, target):
        seen.append(logits)
        return by_region(logits, target)

    return watched


@pytest.mark.parametrize("subset", ["T1C", "FLAIR+T2", "FLAIR+T1+T1c+T2"])
def test_training_on_one_random_subset_sees_that_subset_alone(
    network, images, present, target, subset
):
    """What it does not use is not read, and no other decode is made."""
    chosen = ModalitySubset.parse(subset)
    make = build_objective(
        network,
        distillation=DistillationConfig(hmsd=False, dmcd=False),
        losses=LossConfig(supervise="random", auxiliaries=False),
    )
    used = torch.tensor([[m in chosen for m in Modality]]).expand(2, -1)
    hidden = images.masked_fill(~used[..., None, None, None], torch.nan)

    loss, outcome = make(
        hidden, present, target, StepPlan(present, StepDraw(1, 1.0, subset=chosen))
    )

    expected = make.segmentation(network(images, used), target).mean()
    torch.testing.assert_close(loss, expected, rtol=1e-4, atol=1e-5)
    assert float(outcome.parts["seg_subsets"]) == pytest.approx(float(loss.detach()))
    assert not any(float(outcome.parts[name]) for name in ("seg_full", "hmsd", "dmcd"))


def test_a_patient_without_the_random_subset_is_trained_on_all_it_has(network, images, target):
    make = build_objective(
        network,
        distillation=DistillationConfig(hmsd=False, dmcd=False),
        losses=LossConfig(supervise="random", auxiliaries=False),
    )
    only = StepDraw(1, 1.0, subset=ModalitySubset.parse("T1C"))

    loss, _ = make(images, MIXED, target, StepPlan(MIXED, only))

    used = MIXED & torch.tensor([m is Modality.T1C for m in Modality])
    used = torch.where(used.any(dim=1, keepdim=True), used, MIXED)
    expected = make.segmentation(network(images, used), target).mean()
    torch.testing.assert_close(loss, expected, rtol=1e-4, atol=1e-5)


def test_shaspecs_auxiliaries_take_missing_sequences_as_zeroed_channels(
    network, images, present, target
):
    """Spelled out: the network's own features of a volume of zeros, the four pairs summed."""
    chosen = ModalitySubset.parse("T1+T2")
    losses = LossConfig(supervise="random", alignment_pairs="cyclic", zeroed=True)
    make = build_objective(
        network, distillation=DistillationConfig(hmsd=False, dmcd=False), losses=losses
    )

    _, outcome = make(images, present, target, StepPlan(present, StepDraw(1, 1.0, subset=chosen)))

    used = torch.tensor([m in chosen for m in Modality])
    zeroed = images.masked_fill(~used[None, :, None, None, None], 0)
    shared = [network.shared(zeroed[:, m : m + 1]).levels[-1] for m in Modality]
    circle = zip(shared, [*shared[1:], shared[0]], strict=True)
    alignment = sum(functional.l1_loss(one, other) for one, other in circle)
    logits = [
        network.domain_classifier(
            network.specific[m](zeroed[:, m : m + 1]).domain.mean(dim=(2, 3, 4))
        )
        for m in Modality
    ]
    names = torch.arange(4).repeat_interleave(len(images))
    domain = functional.cross_entropy(torch.cat(logits), names)
    torch.testing.assert_close(outcome.parts["alignment"], alignment.detach(), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(outcome.parts["domain"], domain.detach(), rtol=1e-4, atol=1e-5)


def test_a_richer_subset_that_loses_more_is_ranked_and_the_poorer_is_its_bar(
    network, images, present, target
):
    """Spelled out: the full set against each of the level, and the drawn one with one more."""
    make = build_objective(
        network,
        distillation=DistillationConfig(hmsd=False, dmcd=False),
        losses=LossConfig(ranking_weight=2.0, auxiliaries=False),
    )
    order = tuple(Modality(m) for m in (2, 0, 3, 1))

    loss, outcome = make(images, present, target, StepPlan(present, StepDraw(2, 1.0, order)))

    def of(subset: ModalitySubset) -> torch.Tensor:
        used = torch.tensor([[m in subset for m in Modality]]).expand(2, -1)
        return make.segmentation.by_region(network(images, used), target)

    pairs = [(ModalitySubset.full(), s) for s in ModalitySubset.full().of_size(2)]
    pairs.append((ModalitySubset.of(*order[:3]), ModalitySubset.of(*order[:2])))
    terms = [(of(t) - of(s)).clamp(min=0).mean() for t, s in pairs]
    expected = torch.stack(terms).sum() / 6
    assert float(expected.detach()) > 0
    torch.testing.assert_close(outcome.parts["ranking"], expected.detach(), rtol=1e-3, atol=1e-6)
    parts = outcome.parts
    total = parts["seg_full"] + parts["seg_subsets"] + 2 * parts["ranking"]
    assert float(loss.detach()) == pytest.approx(float(total))


def test_ranking_does_not_make_the_poorer_subset_worse():
    richer, poorer = torch.tensor([[2.0, 0.1]]), torch.tensor([[1.0, 1.0]])
    richer.requires_grad_()
    poorer.requires_grad_()

    ranking(richer, poorer).sum().backward()

    assert float(ranking(richer, poorer).detach()) == 0.5
    assert poorer.grad is None
    assert richer.grad.tolist() == [[0.5, 0.0]]


def test_one_decode_a_step_cannot_be_distilled():
    with pytest.raises(ValueError, match=r"supervise = 'random'.*hmsd"):
        TrainingConfig.model_validate({"losses": {"supervise": "random"}})


@pytest.mark.parametrize("features", ["fused", "shared", "specific"])
def test_dmcd_teaches_the_encoders_that_its_features_come_from(
    network, objective, images, present, target, features
):
    make = objective(features=features, hmsd=False)
    with_dmcd, _ = make(images, present, target, StepPlan(present, draw(1)))
    without, _ = make(images, present, target, StepPlan(present, draw(1, ramp=0.0)))
    found = gradients(network, with_dmcd - without)

    def reached(prefix: str) -> bool:
        return any(g.abs().sum() > 1e-6 for n, g in found.items() if n.startswith(prefix))

    assert reached("shared.") == (features != "specific"), "φ is blind to the constant E_sh(0)"
    assert reached("specific.") == (features != "shared")
    assert reached("composition.") == (features == "fused")


def test_the_gentle_and_the_hard_path_begin_with_opposite_sequences(
    objective, images, present, target
):
    hard, gentle = (
        objective(path=path)(images, present, target, StepPlan(present, draw(1)))[1].path
        for path in ("max", "min")
    )

    assert hard[1].missing != gentle[1].missing
    assert hard[0] == gentle[0] == ModalitySubset.full()


def test_the_total_is_the_weighted_sum_of_its_parts(network, images, present, target):
    losses = LossConfig(subsets_weight=0.7, alignment_weight=0.3, domain_weight=0.2)
    make = build_objective(
        network,
        distillation=DistillationConfig(hmsd_weight=0.5, dmcd_weight=0.1),
        losses=losses,
    )

    loss, outcome = make(images, present, target, StepPlan(present, draw(1, ramp=0.5)))

    v = {name: float(value) for name, value in outcome.parts.items()}
    expected = v["seg_full"] + 0.7 * v["seg_subsets"] + v["seg_distilled"]
    expected += 0.5 * (0.5 * v["hmsd"] + 0.1 * v["dmcd"])
    expected += 0.3 * v["alignment"] + 0.2 * v["domain"]
    assert float(loss.detach()) == float(outcome.total) == pytest.approx(expected)
