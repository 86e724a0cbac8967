"""`engine.compile`: encoders and decoder are one graph each, with the values of plain torch.

The compiler's front end is what splits graphs, so that its back end, which needs minutes, is left
out.
"""

import copy

import jaxtyping
import pytest
import torch

from ccsd_core.model.build import build_network, shaspec_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.training.state import compile_network

PRESENT = torch.tensor([[True, True, True, True], [True, False, True, True]])
SUBSETS = [PRESENT, torch.tensor([[True, False, True, False], [False, False, True, True]])]


@pytest.fixture(autouse=True)
def _without_checks_of_shapes():
    """The compiler cannot follow the checks, which only a test run has."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
    torch.compiler.reset()


def small_unet():
    """With activation checkpointing, which the compiler has to follow as well."""
    return build_network(ModelConfig(base_channels=2, levels=3), activation_checkpointing=True)


def small_shaspec():
    return shaspec_network(width=2, blocks=(1, 1, 1, 1))


def loss_and_gradients(network, images):
    logits = network.decode_subsets(network.encode(images, PRESENT), SUBSETS)
    loss = logits.square().mean()
    loss.backward()
    gradients = {n: p.grad for n, p in network.named_parameters() if p.grad is not None}
    return loss.detach(), gradients


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
@pytest.mark.parametrize(
    ("build", "voxels"), [(small_unet, (16, 16, 8)), (small_shaspec, (64, 64, 32))]
)
def test_a_compiled_network_is_one_graph_per_part_and_computes_the_same(build, voxels):
    torch.manual_seed(0)
    network = build().double()
    network.to(memory_format=torch.channels_last_3d)
    compiled = copy.deepcopy(network)
    compile_network(compiled, backend="eager", fullgraph=True)
    images = torch.randn(2, 4, *voxels, dtype=torch.float64)

    loss, gradients = loss_and_gradients(network, images)
    same_loss, same_gradients = loss_and_gradients(compiled, images)

    torch.testing.assert_close(same_loss, loss)
    assert set(same_gradients) == set(gradients)
    for name, gradient in gradients.items():
        torch.testing.assert_close(same_gradients[name], gradient, msg=name)
