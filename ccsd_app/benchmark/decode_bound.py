"""A decode compared with its lower bound, the sum of its convolutions, each timed alone.

Shapes, arithmetic and memory format are those of the decode; the rest is norms, non-linearities,
sums and up-sampling.
"""

import copy
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor, nn

from ccsd_app.benchmark.clock import seconds
from ccsd_app.benchmark.measured import Measurement, Measurements
from ccsd_app.benchmark.timed_model import TimedModel
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


def decode_against_bound(timed_model: TimedModel, *, rounds: int = ROUNDS) -> Measurements:
    """Time decode and convolutions alternately; returns the ratio of their medians."""
    encoding, full = timed_model.encode(), ModalitySubset.full()
    calls = convolutions(timed_model, encoding)
    decodes: list[float] = []
    alone: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds + 1):
        decodes.append(seconds(lambda: timed_model.decode(encoding, full), timed_model.device))
        for times, call in zip(alone, calls, strict=True):
            times.append(seconds(call.run, timed_model.device))
    # The first round warms up.
    decode, bound = median(decodes[1:]), sum(median(times[1:]) for times in alone)
    detail = f"{1e3 * decode:.0f} : {1e3 * bound:.0f} ms, {len(calls)} convolutions"
    return {"decode_vs_roof": Measurement(decode / bound, detail)}


def convolutions(timed_model: TimedModel, encoding: EncodedBatch) -> list[Call]:
    """Every convolution that one decode runs, with an input like the one it got there."""
    calls: list[Call] = []

    def record(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        alone = copy.deepcopy(module).to(timed_model.dtype)
        alone._forward_pre_hooks.clear()
        # Keeps the strides, that is the memory format of the decode.
        calls.append(Call(alone, torch.randn_like(inputs[0]).to(timed_model.dtype)))

    hooks = [
        module.register_forward_pre_hook(record)
        for module in timed_model.network.modules()
        if isinstance(module, nn.Conv3d | nn.ConvTranspose3d)
    ]
    try:
        timed_model.decode(encoding, ModalitySubset.full())
    finally:
        for hook in hooks:
            hook.remove()
    return calls
