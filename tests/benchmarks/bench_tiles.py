"""A case in tiles: how soon the first picture comes, with features kept and without.

pytest tests/benchmarks/bench_tiles.py -n 0 -p no:cacheprovider --benchmark-only
"""

import pytest
import torch

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference import encoded_tiles
from ccsd_core.inference.encoded_tiles import EncodedTiles, decode_tiles, encode_tiles
from ccsd_core.inference.runner import Runner
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.progress import drain

BOX, TILE = (80, 112, 80), (48, 64, 48)
FULL = ModalitySubset.full()


@pytest.mark.parametrize("kept", [True, False], ids=["features kept", "logits of all 15"])
def test_the_first_picture(kept, benchmark, monkeypatch):
    network = build_network(ModelConfig()).eval().requires_grad_(requires_grad=False)
    network.to(memory_format=torch.channels_last_3d)
    runner = Runner(network, torch.device("cpu"), torch.bfloat16)
    images = dict(zip(Modality, torch.randn(4, *BOX), strict=True))
    if not kept:
        monkeypatch.setattr(encoded_tiles, "free_bytes", lambda device: 0)

    def first_picture() -> torch.Tensor:
        found = drain(encode_tiles(runner, images, TILE, ModalitySubset.every()))
        assert isinstance(found, EncodedTiles) == kept
        return (
            drain(decode_tiles(runner, found, FULL))
            if isinstance(found, EncodedTiles)
            else found[FULL]
        )

    benchmark.pedantic(first_picture, rounds=2, warmup_rounds=1)
    assert benchmark.stats.stats.rounds == 2
