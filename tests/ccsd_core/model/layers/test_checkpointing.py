"""Activation checkpointing saves memory and changes nothing else."""

import torch


def test_values_and_gradients_are_those_of_a_network_without_it(
    build_small, backbone, two_patients, present
):
    plain = build_small(backbone)
    thrifty = build_small(backbone, checkpointing=True)
    results = []
    for network in (plain, thrifty):
        encoding = network.encode(two_patients, present)
        logits = network.decode(encoding, present) + network.decode(encoding, present.roll(1, 1))
        logits.square().mean().backward()
        results.append((logits, [p.grad for p in network.parameters() if p.grad is not None]))

    (ours, grads), (theirs, others) = results
    torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    assert len(grads) == len(others)
    for one, other in zip(grads, others, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_less_is_kept_for_the_backward_pass(build_small, backbone, two_patients, present):
    kept = {}
    for checkpointing in (False, True):
        network = build_small(backbone, checkpointing=checkpointing)
        sizes: list[int] = []

        def note(tensor: torch.Tensor, sizes: list[int] = sizes) -> torch.Tensor:
            sizes.append(tensor.numel())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            network(two_patients, present)
        kept[checkpointing] = sum(sizes)

    assert kept[True] < 0.7 * kept[False]


def test_it_does_not_stand_in_the_way_of_evaluation(build_small, two_patients, present):
    network = build_small("light", checkpointing=True)

    with torch.inference_mode():
        logits = network(two_patients, present)

    torch.testing.assert_close(logits, build_small("light")(two_patients, present))
