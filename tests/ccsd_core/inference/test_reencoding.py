"""Encoding a changed sequence again: what is computed, its result, and that the box stays."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ccsd_core.data.corruption import Corruption, corrupted
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError, ResourceError
from ccsd_core.inference import encoded_tiles
from ccsd_core.inference.predictor import Predictor
from ccsd_core.model.tta_view import TtaView
from ccsd_core.progress import drain

NOISE = Corruption.parse("noise:5@T1c")
MIRRORED = TtaView(spacing_mm=4.0, mirrored=True)


@pytest.fixture
def case(fine_case) -> Case:
    return fine_case


def predictor_of(network, manifest, **options) -> Predictor:
    return Predictor(
        network, manifest, spacing_mm=4.0, device="cpu", dtype=torch.float32, **options
    )


def logits(predictor: Predictor, encoded, subset: ModalitySubset) -> torch.Tensor:
    return drain(predictor._logits(encoded, subset))


@pytest.mark.parametrize(
    ("options", "features"),
    [
        ({}, "encoding"),
        ({"tta": (MIRRORED,)}, "encoding"),
        ({"tile": (32, 64, 32)}, "tiles"),
        ({"tile": (32, 64, 32)}, None),
    ],
    ids=["whole", "two views", "tiles", "tiles without features"],
)
def test_it_gives_what_encoding_everything_gives(
    frozen_network, manifest, case, monkeypatch, options, features
):
    if features is None:
        monkeypatch.setattr(encoded_tiles, "free_bytes", lambda _: 0)
    predictor = predictor_of(frozen_network, manifest, **options)
    subsets = [ModalitySubset.parse(names) for names in ("FLAIR+T1c", "FLAIR")]
    pair = case.restricted_to(subsets[0])
    before = drain(predictor.encode(pair, subsets=subsets))
    clean = [logits(predictor, before, s) for s in subsets]
    if features is not None:
        assert getattr(before, features) is not None
    bad = corrupted(pair, NOISE)

    encoded = drain(predictor.reencode(before, bad))

    anew = drain(predictor.encode(bad, subsets=subsets))
    assert anew.prepared.box == encoded.prepared.box
    assert encoded.case is bad
    for subset, was in zip(subsets, clean, strict=True):
        again = logits(predictor, encoded, subset)
        torch.testing.assert_close(again, logits(predictor, anew, subset), atol=1e-4, rtol=1e-4)
        assert torch.equal(again, was) == (Modality.T1C not in subset)
        assert torch.equal(logits(predictor, before, subset), was), "the clean one stays usable"


@pytest.mark.parametrize("tta", [(), (MIRRORED,)], ids=["one view", "two views"])
def test_only_the_changed_sequence_is_encoded(frozen_network, manifest, case, monkeypatch, tta):
    predictor = predictor_of(frozen_network, manifest, tta=tta)
    before = drain(predictor.encode(case))
    encoded: list[Modality] = []
    inner = predictor._runner.encode_sequence
    monkeypatch.setattr(
        predictor._runner,
        "encode_sequence",
        lambda image, modality: encoded.append(modality) or inner(image, modality),
    )

    drain(predictor.reencode(before, corrupted(case, NOISE)))
    assert encoded == [Modality.T1C] * (1 + len(tta))

    assert drain(predictor.reencode(before, replace(case, id="renamed"))) is before
    assert len(encoded) == 1 + len(tta)


def test_the_box_does_not_depend_on_what_the_changed_sequence_shows(frozen_network, manifest, case):
    predictor = predictor_of(frozen_network, manifest)
    before = drain(predictor.encode(case))
    shape = case.grid.shape
    everywhere = case.grid.with_array(
        np.random.default_rng(0).normal(size=shape).astype(np.float32)
    )
    nothing = case.grid.with_array(np.zeros(shape, np.float32))
    assert (
        before.prepared.box
        != drain(
            predictor.encode(replace(case, volumes={**case.volumes, Modality.T1: everywhere}))
        ).prepared.box
    )

    for volume in (everywhere, nothing):
        bad = replace(case, volumes={**case.volumes, Modality.T1: volume})
        encoded = drain(predictor.reencode(before, bad))
        assert encoded.prepared.box == before.prepared.box
        subset = ModalitySubset.parse("FLAIR+T2")
        assert torch.equal(logits(predictor, encoded, subset), logits(predictor, before, subset)), (
            "what is left out does not matter"
        )


def test_tumour_stays_where_the_changed_sequence_shows_something(frozen_network, manifest, case):
    """As with a case of its own: nothing is known where its images are background."""
    predictor = predictor_of(frozen_network, manifest)
    only = ModalitySubset.of(Modality.T1)
    half = case.volumes[Modality.T1].array.copy()
    half[: half.shape[0] // 2] = 0
    bad = replace(
        case, volumes={**case.volumes, Modality.T1: case.volumes[Modality.T1].with_array(half)}
    )

    encoded = drain(predictor.reencode(drain(predictor.encode(case)), bad))

    shown = encoded.signal_masks[Modality.T1]
    assert 0 < shown.sum() < 0.8 * encoded.signal_masks[Modality.T2].sum()
    assert (logits(predictor, encoded, only)[:, ~shown] <= 0).all()


def test_another_patient_is_no_change_of_this_one(frozen_network, manifest, case):
    predictor = predictor_of(frozen_network, manifest)
    before = drain(predictor.encode(case))
    pair = case.restricted_to(ModalitySubset.parse("FLAIR+T2"))
    with pytest.raises(CaseError, match="cannot be encoded as a change"):
        drain(predictor.reencode(before, pair))


def test_memory_that_runs_out_is_reported(frozen_network, manifest, case, monkeypatch):
    predictor = predictor_of(frozen_network, manifest)
    before = drain(predictor.encode(case))

    def fails(*_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(predictor._runner, "encode_sequence", fails)
    with pytest.raises(ResourceError, match="encode it again"):
        drain(predictor.reencode(before, corrupted(case, NOISE)))
