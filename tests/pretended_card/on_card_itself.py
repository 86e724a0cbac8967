"""The pretended card does what a card does, as far as tests lean on it."""

import pytest
import torch
from torch.nn import functional


def test_tensors_of_two_devices_do_not_mix():
    there = torch.ones(3, device="cuda")

    with pytest.raises(RuntimeError, match=r"same device.*cpu, cuda:0 in add"):
        there + torch.ones(3)
    with pytest.raises(RuntimeError, match=r"same device.*cuda:0, cuda:1"):
        there + torch.ones(3, device="cuda:1")
    assert (there + torch.tensor(1.0)).tolist() == [2, 2, 2], "a number may come from the CPU"


def test_what_the_host_waits_for_is_counted(ledger):
    values = torch.arange(4.0, device="cuda")
    ledger.reset()

    float(values[0])
    values.cpu()
    values.tolist()
    values[values > 1]
    bool((values > 1).any())
    values * 2

    assert ledger.syncs.total() == 5
    assert {place.partition(":")[0] for place in ledger.syncs} == {"on_card_itself.py"}


def test_copies_to_the_gpu_are_counted_and_pinned_ones_recognised(ledger):
    host = torch.ones(4)

    host.to("cuda")
    host.pin_memory().to("cuda", non_blocking=True)
    torch.tensor([1, 2], device="cuda")
    torch.zeros(4, device="cuda").copy_(host)

    assert [
        ledger.uploads.total(),
        sum(n for (how, _), n in ledger.uploads.items() if how == "pinned"),
    ] == [4, 1]


def test_kernels_are_counted_and_views_are_none(ledger):
    values = torch.ones(2, 3, device="cuda")
    ledger.reset()

    (values.T.reshape(-1)[None] + 1).relu_()

    assert dict(ledger.kernels) == {"clone": 1, "add": 1, "relu_": 1}


def test_memory_is_counted_given_back_and_limited(ledger):
    before = ledger.live

    values = torch.zeros(1000, device="cuda")
    view = values[10:]
    del values
    assert ledger.live == before + 4000
    del view
    assert ledger.live == before
    assert ledger.peak >= before + 4000

    torch.cuda.set_per_process_memory_fraction(1e-9)
    with pytest.raises(torch.OutOfMemoryError, match="CUDA out of memory"):
        torch.zeros(1000, device="cuda")
    assert ledger.live == before


def test_autocast_and_gradients_are_those_of_a_gpu():
    weight = torch.nn.Parameter(torch.ones(2, 2, 1, 1, 1, device="cuda"))
    image = torch.ones(1, 2, 4, 4, 4, device="cuda")

    with torch.autocast("cuda", torch.bfloat16):
        convolved = functional.conv3d(image, weight)
        normalised = functional.group_norm(convolved, 2)
    convolved.float().sum().backward()

    assert convolved.dtype is torch.bfloat16
    assert normalised.dtype is torch.float32, (
        "group norm is one of those that CUDA's autocast widens"
    )
    assert weight.grad is not None
    assert weight.grad.tolist()[0][0] == [[[64.0]]]


def test_a_tensor_of_the_gpu_reaches_numpy_by_no_other_way_than_the_cpu():
    values = torch.ones(2, device="cuda")

    with pytest.raises(TypeError, match="CPU"):
        values.numpy()
    assert values.cpu().numpy().tolist() == [1, 1]
