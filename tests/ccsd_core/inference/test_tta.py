"""Test-time augmentation: several views are averaged on the first one's grid."""

import numpy as np
import pytest
import torch

from ccsd_core.data.grid import Box
from ccsd_core.data.preprocess import PreparedCase, prepare
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference.predictor import Predictor
from ccsd_core.inference.tta import apply_tta_view, mean_over_tta_views
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.tta_view import TtaView
from ccsd_core.progress import drain
from ccsd_core.storage.models.manifest import Manifest

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]
MANIFEST = Manifest(name="tiny", sha256="0" * 64, training_cases=())
FINE_MM, COARSE_MM = 4.0, 5.5


@pytest.fixture(scope="module")
def case(fine_case) -> Case:
    """A made-up patient at 3 mm."""
    return fine_case


def predictor(network, *tta: TtaView, spacing_mm: float = FINE_MM, **how) -> Predictor:
    return Predictor(network, MANIFEST, spacing_mm=spacing_mm, tta=tta, device="cpu", **how)


def logits(one: Predictor, case: Case, subset: ModalitySubset) -> torch.Tensor:
    return drain(one._logits(drain(one.encode(case)), subset))


@pytest.fixture(scope="module", params=[None, (16, 32, 16)], ids=["whole", "in tiles"])
def same_twice(request, frozen_network, case):
    """Predictors with one view and with the same view twice, each with the case encoded."""
    how = {"spacing_mm": 8.0, "tile": request.param}
    once = predictor(frozen_network, **how)
    twice = predictor(frozen_network, TtaView(spacing_mm=8.0), **how)
    return [(one, drain(one.encode(case))) for one in (once, twice)]


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_the_same_view_twice_is_one_view(same_twice, subset):
    alone, mean = (drain(one._logits(encoded, subset)) for one, encoded in same_twice)

    where = same_twice[0][1].prepared
    inside = where.box.within(where.grid_shape).relative_to(where.box.start)
    torch.testing.assert_close(inside.crop(mean), inside.crop(alone))


@pytest.fixture(scope="module")
def two_views(frozen_network, case):
    """A predictor with two views, one with the first of them alone; each with the case encoded."""
    both = predictor(frozen_network, TtaView(spacing_mm=COARSE_MM, mirrored=True))
    first = predictor(frozen_network)
    return both, drain(both.encode(case)), first, drain(first.encode(case))


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_two_views_are_averaged_where_both_see(two_views, subset):
    both, encoded, first, encoded_once = two_views
    fine = drain(first._logits(encoded_once, subset))
    (other,) = encoded.others
    coarse = drain(both._decoded(other, subset)).flip(1)

    mean = drain(both._logits(encoded, subset))

    point = tuple(n // 2 for n in fine.shape[1:])
    world = [
        (p + lo + 0.5) / n
        for p, lo, n in zip(
            point, encoded.prepared.box.start, encoded.prepared.grid_shape, strict=True
        )
    ]
    near = [
        share * n - 0.5 - lo
        for share, n, lo in zip(
            world, other.prepared.grid_shape, other.prepared.box.start, strict=True
        )
    ]
    low = [int(np.floor(x)) for x in near]
    around = coarse[:, low[0] : low[0] + 2, low[1] : low[1] + 2, low[2] : low[2] + 2]
    seen = 2 * mean[(slice(None), *point)] - fine[(slice(None), *point)]
    tolerance = 1e-3
    assert (seen >= around.amin(dim=(1, 2, 3)) - tolerance).all()
    assert (seen <= around.amax(dim=(1, 2, 3)) + tolerance).all()


def test_mirroring_twice_gives_the_images_back(network, case):
    mirrored = prepare(case, spacing_mm=FINE_MM)
    turned = apply_tta_view(mirrored, TtaView(spacing_mm=FINE_MM, mirrored=True))
    back = apply_tta_view(turned, TtaView(spacing_mm=FINE_MM, mirrored=True))

    for modality in case.available:
        assert not torch.equal(turned.images[modality], mirrored.images[modality])
        assert torch.equal(back.images[modality], mirrored.images[modality])


def test_what_lies_on_the_left_of_a_mirrored_view_is_put_back_on_the_right():
    box = Box((0, 0, 0), (16, 16, 16))
    where = PreparedCase({}, box, (16, 16, 16))
    found = torch.full((3, 16, 16, 16), -4.0)
    found[:, 2, 5, 7] = 4.0

    mean = mean_over_tta_views(
        torch.full((3, 16, 16, 16), 4.0),
        where,
        [(TtaView(spacing_mm=2.0, mirrored=True), found, where)],
    )

    assert (mean[:, 13, 5, 7] == 4.0).all()
    assert int((mean[0] == 4.0).sum()) == 1


@pytest.mark.parametrize("tile", [None, (32, 64, 32)], ids=["whole", "in tiles"])
def test_progress_goes_up_once_over_all_views(network, case, tile):
    twice = predictor(network, TtaView(spacing_mm=COARSE_MM), tile=tile)
    encoding, decoding = [], []

    encoded = drain(twice.encode(case), encoding.append)
    drain(twice._logits(encoded, case.available), decoding.append)

    for message in (encoding, decoding):
        fractions = [progress.fraction for progress in message]
        assert fractions == sorted(fractions)
    assert any("pass 2 of 2" in progress.what for progress in encoding)
    assert encoding[-1].fraction == 1


@pytest.mark.parametrize("tile", [None, (32, 64, 32)], ids=["whole", "in tiles"])
def test_every_view_of_a_case_counts(network, case, tile):
    one = logits(predictor(network, tile=tile), case, case.available)
    two = logits(predictor(network, TtaView(spacing_mm=COARSE_MM), tile=tile), case, case.available)

    assert two.shape == one.shape
    assert not torch.allclose(one, two, atol=1e-2)


def test_a_view_finer_than_what_is_shown_is_refused():
    with pytest.raises(ValueError, match=r"1 mm is finer than spacing_mm, 2"):
        ModelConfig(tta=(TtaView(spacing_mm=1.0),))


def test_a_model_that_says_nothing_of_tta_has_none():
    assert ModelConfig().tta == ()
