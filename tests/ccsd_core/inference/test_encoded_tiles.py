"""Features of tiles, kept: any subset of them is what the network makes of each tile anew."""

import dataclasses
import typing

import pytest
import torch

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError
from ccsd_core.inference import encoded_tiles as tiles_module
from ccsd_core.inference.encoded_tiles import EncodedTiles, decode_tiles, encode_tiles
from ccsd_core.inference.predictor import Predictor
from ccsd_core.inference.runner import Runner
from ccsd_core.inference.tiling import blended
from ccsd_core.model.build import build_network
from ccsd_core.model.choices import MissingFill
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.model.presence import presence_mask
from ccsd_core.progress import drain

EVERY = ModalitySubset.every()
CPU = torch.device("cpu")
# boxes that are no multiple of the tile, and one that is narrower than it
PLACES = [
    pytest.param((20, 12, 8), (8, 8, 8), id="several"),
    pytest.param((10, 18, 6), (8, 16, 8), id="narrower along z"),
    pytest.param((14, 8, 8), (12, 8, 8), id="two"),
]
FILLS = typing.get_args(MissingFill)
CASES = [
    *(pytest.param(*place.values, FILLS[0], id=f"{FILLS[0]}, {place.id}") for place in PLACES),
    *(pytest.param(*PLACES[-1].values, fill, id=fill) for fill in FILLS[1:]),
]
BOX, TILE = (20, 12, 8), (8, 8, 8)


@pytest.fixture
def network() -> CcsdNetwork:
    """Smaller than elsewhere: it runs in tiles, for every subset."""
    return build_network(ModelConfig(base_channels=2, levels=2))


def frozen(network, dtype: torch.dtype) -> Runner:
    network.to(memory_format=torch.channels_last_3d)
    return Runner(network.eval().requires_grad_(False), CPU, dtype)


def anew(runner: Runner, images: torch.Tensor, tile, subset: ModalitySubset) -> torch.Tensor:
    """The same tiles, each through the whole network for this subset alone."""
    reduced = runner.dtype is not torch.float32

    def compute(one: torch.Tensor) -> torch.Tensor:
        batch = one[None].contiguous(memory_format=torch.channels_last_3d)
        with torch.no_grad(), torch.autocast("cpu", runner.dtype, enabled=reduced):
            return runner.network(batch, presence_mask(subset))[0]

    return drain(blended(compute, images, tile=tile))


@pytest.mark.parametrize(("shape", "tile", "fill"), CASES)
def test_every_subset_is_that_of_each_tile_anew_to_the_bit(shape, tile, fill):
    network = build_network(ModelConfig(base_channels=2, levels=2, missing_fill=fill))
    runner, images = frozen(network, torch.float32), torch.randn(4, *shape)
    kept = drain(encode_tiles(runner, dict(zip(Modality, images, strict=True)), tile, EVERY))

    assert isinstance(kept, EncodedTiles)
    for subset in EVERY:
        ours = drain(decode_tiles(runner, kept, subset))
        torch.testing.assert_close(ours, anew(runner, images, tile, subset), rtol=0, atol=0)


@pytest.mark.parametrize(("shape", "tile"), PLACES[1:])
def test_in_bf16_every_subset_is_within_its_rounding(network, shape, tile):
    """An input of another memory format may be summed in another order: 1 % of the range."""
    runner, images = frozen(network, torch.bfloat16), torch.randn(4, *shape)
    kept = drain(encode_tiles(runner, dict(zip(Modality, images, strict=True)), tile, EVERY))

    for subset in EVERY:
        ours, fresh = (
            drain(decode_tiles(runner, kept, subset)),
            anew(runner, images, tile, subset),
        )
        torch.testing.assert_close(ours, fresh, rtol=0, atol=0.01 * float(fresh.abs().max()))


@pytest.mark.parametrize("fill", FILLS[::3])
def test_logits_that_are_kept_for_want_of_memory_are_the_same(fill, monkeypatch):
    network = build_network(ModelConfig(base_channels=2, levels=2, missing_fill=fill))
    runner, images = frozen(network, torch.float32), torch.randn(4, *BOX)
    named = dict(zip(Modality, images, strict=True))
    kept = drain(encode_tiles(runner, named, TILE, EVERY))
    monkeypatch.setattr(tiles_module, "free_bytes", lambda device: 0)

    logits = drain(encode_tiles(runner, named, TILE, EVERY))

    assert tuple(logits) == EVERY
    for subset, halves in logits.items():
        assert halves.dtype == torch.float16
        assert torch.equal(halves, drain(decode_tiles(runner, kept, subset)).half())


def test_what_fits_by_half_the_free_memory_is_kept(network, monkeypatch):
    runner, images = frozen(network, torch.float32), torch.randn(4, *BOX)
    named = dict(zip(Modality, images, strict=True))
    kept = drain(encode_tiles(runner, named, TILE, EVERY))
    needed = sum(tiles_module.features_bytes(e) for e in kept.encodings)

    monkeypatch.setattr(tiles_module, "free_bytes", lambda device: 2 * needed)
    assert isinstance(drain(encode_tiles(runner, named, TILE, EVERY)), EncodedTiles)
    monkeypatch.setattr(tiles_module, "free_bytes", lambda device: 2 * needed - 2)
    assert not isinstance(drain(encode_tiles(runner, named, TILE, EVERY)), EncodedTiles)


def test_a_full_gpu_leaves_the_features_to_the_cpu(monkeypatch):
    free = {"cuda": 10, "cpu": 1000}
    monkeypatch.setattr(tiles_module, "free_bytes", lambda device: free[device.type])

    homes = [tiles_module._storage_for(n, torch.device("cuda")) for n in (5, 200, 500, 501)]

    assert [None if home is None else (home.device, home.pinned) for home in homes] == [
        (torch.device("cuda"), False),
        (CPU, True),
        (CPU, False),
        None,
    ]


def test_a_sequence_that_is_left_out_is_not_even_moved(network):
    runner = frozen(network, torch.float32)
    images = dict(zip(Modality, torch.randn(4, 12, 8, 8), strict=True))
    kept = drain(encode_tiles(runner, images, TILE, EVERY))

    moved = kept.on(CPU, 0, ModalitySubset.parse("T1+T2"))

    assert [s is not None for s in moved.sequences] == [False, True, False, True]


def test_all_tiles_share_what_stands_in(network):
    runner = frozen(network, torch.float32)
    images = dict(zip(Modality, torch.randn(4, 12, 8, 8), strict=True))
    kept = drain(encode_tiles(runner, images, TILE, EVERY))

    assert len(kept.encodings) == 2
    assert len({id(e.missing) for e in kept.encodings}) == 1


def test_a_subset_that_was_not_asked_for_is_refused_where_logits_alone_are_kept(
    network, manifest, case, monkeypatch
):
    predictor = Predictor(network, manifest, spacing_mm=8.0, tile=(16, 32, 16), device="cpu")
    monkeypatch.setattr(tiles_module, "free_bytes", lambda device: 0)
    alone = drain(predictor.encode(case, subsets=[ModalitySubset.parse("T1")]))

    predictor.predict(alone, ModalitySubset.parse("T1"))
    with pytest.raises(CaseError, match="encoded only for T1, not for FLAIR \\+ T2"):
        predictor.predict(alone, ModalitySubset.parse("FLAIR+T2"))


def test_moving_features_keeps_them(network):
    runner = frozen(network, torch.float32)
    images = dict(zip(Modality, torch.randn(4, 8, 8, 8), strict=True))
    (encoding,) = drain(encode_tiles(runner, images, TILE, EVERY)).encodings

    moved = tiles_module._moved(encoding, tiles_module._Storage(torch.device("meta")))

    for before, after in zip(encoding.sequences, moved.sequences, strict=True):
        for field in dataclasses.fields(before):
            if field.name not in ("projected", "domain"):  # the last is training's alone
                for one, other in zip(
                    getattr(before, field.name), getattr(after, field.name), strict=True
                ):
                    assert (one.shape, other.device.type) == (other.shape, "meta")
        for kind, maps in before.projected.items():
            assert [m.shape for m in maps] == [m.shape for m in after.projected[kind]]
            assert all(m.device.type == "meta" for m in after.projected[kind])
