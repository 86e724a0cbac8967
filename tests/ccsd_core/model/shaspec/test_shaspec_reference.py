"""ShaSpec's network, number for number: what the released code computes, in double precision.

`reference/shaspec_outputs.npz` holds facts measured by running the released BraTS network (Wang
et al., CVPR 2023, github.com/billhhh/ShaSpec) outside this project, for weights and an input that
anyone can draw again as below. `logits S` are every fourth voxel of the three output channels for
the subset S, `max S` is the largest absolute logit, `domain` the domain classifier's logits.
"""

import math
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig

REFERENCE = np.load(Path(__file__).parent / "reference" / "shaspec_outputs.npz")
SUBSETS = [ModalitySubset.parse(name.removeprefix("max ")) for name in REFERENCE if "max " in name]


def drawn(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """A tensor of the network, from its name alone: a generator for each."""
    random = np.random.Generator(np.random.Philox(zlib.crc32(name.encode())))
    x = torch.from_numpy(random.standard_normal(shape))
    if x.ndim == 5:
        return x * math.sqrt(2 / math.prod(shape[1:]))
    if x.ndim == 2:
        return x * math.sqrt(1 / shape[-1])
    is_scale = name.endswith("norm.weight") or ("norms." in name and name.endswith("weight"))
    return 1 + 0.2 * x if is_scale else 0.2 * x


@pytest.mark.slow
@torch.inference_mode()
def test_our_shaspec_computes_what_the_released_code_computes():
    config = ModelConfig(backbone="shaspec", composition="bare", missing_fill="shaspec")
    with torch.device("meta"):
        network = build_network(config)
    tensors = {name: drawn(name, tuple(t.shape)) for name, t in network.state_dict().items()}
    network.load_state_dict(tensors, assign=True)
    random = np.random.Generator(np.random.Philox(20261130))
    images = torch.from_numpy(random.standard_normal((1, 4, 64, 64, 32)))

    encoding = network.encode(images, torch.ones(1, 4, dtype=torch.bool))

    assert len(SUBSETS) == 6
    for subset in SUBSETS:
        used = torch.tensor([[m in subset for m in Modality]])
        logits = network.decode(encoding, used)[0, :, ::4, ::4, ::4].numpy()
        name = "+".join(m.name for m in subset)
        largest = float(REFERENCE[f"max {name}"])
        difference = np.abs(logits - REFERENCE[f"logits {name}"]).max()
        assert difference < 1e-6 * largest, subset
    pooled = torch.cat([f.mean(dim=(2, 3, 4)) for f in encoding.domain().values()])
    domain = network.domain_classifier(pooled).numpy()
    np.testing.assert_allclose(domain, REFERENCE["domain"], rtol=1e-6, atol=1e-6)
