"""A decode compared with its lower bound, the sum of its convolutions, each timed alone.

Shapes, arithmetic and memory format are those of the decode; what is left over are norms,
non-linearities, sums and up-sampling.
"""

import copy
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor, nn

from ccsd_app.benchmark.clock import seconds
from ccsd_app.benchmark.measured import Measurement, Measurements
from ccsd_app.benchmark.subject import Subject
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.model.network import EncodedBatch

ROUNDS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One convolution of a decode, ready to be run alone."""

    module: nn.Module
    input: Tensor

    @torch.inference_mode()
    def run(self) -> None:
        self.module(self.input)


def decode_against_bound(subject: Subject, *, rounds: int = ROUNDS) -> Measurements:
    """Time decode and convolutions alternately; returns the ratio of their medians."""
    encoding, full = subject.encode(), ModalitySubset.full()
    calls = convolutions(subject, encoding)
    decodes: list[float] = []
    alone: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds + 1):
        decodes.append(seconds(lambda: subject.decode(encoding, full), subject.device))
        for times, call in zip(alone, calls, strict=True):
            times.append(seconds(call.run, subject.device))
    # The first round warms up.
    decode, bound = median(decodes[1:]), sum(median(times[1:]) for times in alone)
    detail = f"{1e3 * decode:.0f} : {1e3 * bound:.0f} ms, {len(calls)} convolutions"
    return {"decode_vs_roof": Measurement(decode / bound, detail)}


def convolutions(subject: Subject, encoding: EncodedBatch) -> list[Call]:
    """Every convolution that one decode runs, with an input like the one it got there."""
    calls: list[Call] = []

    def record(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        alone = copy.deepcopy(module).to(subject.dtype)
        alone._forward_pre_hooks.clear()
        # Keeps the strides: the memory format of the decode.
        calls.append(Call(alone, torch.randn_like(inputs[0]).to(subject.dtype)))

    hooks = [
        module.register_forward_pre_hook(record)
        for module in subject.network.modules()
        if isinstance(module, nn.Conv3d | nn.ConvTranspose3d)
    ]
    try:
        subject.decode(encoding, ModalitySubset.full())
    finally:
        for hook in hooks:
            hook.remove()
    return calls
