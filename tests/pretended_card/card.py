"""`torch.cuda` of a machine with pretended cards, as far as this software asks it.

with card(): …            tensors may be moved to "cuda"; what that would cost is in the ledger
"""

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from unittest import mock

import torch
from torch.optim import optimizer
from torch.utils import _foreach_utils

from tests.pretended_card.ledger import place
from tests.pretended_card.tensor import LEDGER, CardTensor, Factories

TOTAL = LEDGER.room
CONTEXT = 500 * 2**20
"""Bytes that a process's own state takes on a card."""


class _Stream:
    """A stream that has always finished."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def synchronize(self) -> None:
        LEDGER.syncs[place()] += 1


def _synchronize(_device: object = None) -> None:
    LEDGER.syncs[place()] += 1


def _fraction(share: float, _device: object = None) -> None:
    LEDGER.room = int(share * TOTAL)


def _reset_peak(_device: object = None) -> None:
    LEDGER.peak = LEDGER.live


def _pinned(tensor: torch.Tensor, *_: object) -> torch.Tensor:
    if isinstance(tensor, CardTensor):
        raise RuntimeError("cannot pin a tensor of the card, only dense CPU tensors can be pinned")
    copy = tensor.contiguous().clone()
    copy.pinned = True  # pyright: ignore[reportAttributeAccessIssue]
    return copy


def _no_gradients(mode: bool = True) -> contextlib.AbstractContextManager[None]:
    return torch.no_grad() if mode else contextlib.nullcontext()


_empty = torch.empty


def _empty_or_pinned(*sizes: object, pin_memory: bool = False, **kwargs: object) -> torch.Tensor:
    made = _empty(*sizes, **kwargs)  # pyright: ignore[reportCallIssue, reportArgumentType]
    made.pinned = pin_memory  # pyright: ignore[reportAttributeAccessIssue]
    return made


@contextlib.contextmanager
def card(*, count: int = 1, capability: tuple[int, int] = (9, 0)) -> Iterator[None]:
    """Pretend that there are cards; `ccsd_core` is to be imported within.

    Args:
        count: How many.
        capability: Their compute capability; from 8.0 on they have bf16.
    """
    properties = SimpleNamespace(
        name="Pretended", major=capability[0], minor=capability[1], total_memory=TOTAL,
        multi_processor_count=100, uuid="0",
    )  # fmt: skip
    has_bf16 = capability[0] >= 8
    has_bf16 = capability[0] >= 8
    answers = {
        "_lazy_init": lambda: None,
        "is_available": lambda: count > 0,
        "is_initialized": lambda: True,
        "device_count": lambda: count,
        "current_device": lambda: 0,
        "set_device": lambda _device: None,
        "get_device_name": lambda _device=None: properties.name,
        "get_device_capability": lambda _device=None: capability,
        "get_device_properties": lambda _device=None: properties,
        "is_bf16_supported": lambda including_emulation=True: including_emulation or has_bf16,
        "get_arch_list": lambda: [f"sm_{capability[0]}{capability[1]}"],
        "manual_seed": lambda _seed: None,
        "manual_seed_all": lambda _seed: None,
        "empty_cache": lambda: None,
        "synchronize": _synchronize,
        "current_stream": lambda _device=None: _Stream(),
        "Stream": _Stream,
        "mem_get_info": lambda _device=None: (TOTAL - LEDGER.live - CONTEXT, TOTAL),
        "memory_allocated": lambda _device=None: LEDGER.live,
        "memory_reserved": lambda _device=None: LEDGER.live,
        "max_memory_allocated": lambda _device=None: LEDGER.peak,
        "max_memory_reserved": lambda _device=None: LEDGER.peak,
        "reset_peak_memory_stats": _reset_peak,
        "set_per_process_memory_fraction": _fraction,
    }  # fmt: skip
    supported = [torch.Tensor, torch.nn.Parameter, CardTensor]
    with contextlib.ExitStack() as stack:
        for name, answer in answers.items():
            stack.enter_context(mock.patch.object(torch.cuda, name, answer))
        for target, name, answer in (
            (torch.Tensor, "pin_memory", _pinned),
            (torch.Tensor, "is_pinned", lambda tensor, *_: getattr(tensor, "pinned", False)),
            (torch, "empty", _empty_or_pinned),
            # a wrapped tensor can take no part in inference mode
            (torch, "inference_mode", _no_gradients),
            # the optimiser and the clipping take many tensors a kernel, as on a card
            (_foreach_utils, "_foreach_supported_types", supported),
            (optimizer, "_foreach_supported_types", supported),
        ):
            stack.enter_context(mock.patch.object(target, name, answer))
        lifted = torch._C._only_lift_cpu_tensors()
        torch._C._set_only_lift_cpu_tensors(True)
        overwritten = torch.__future__.get_overwrite_module_params_on_conversion()
        torch.__future__.set_overwrite_module_params_on_conversion(True)
        stack.enter_context(Factories())
        try:
            yield
        finally:
            torch._C._set_only_lift_cpu_tensors(lifted)
            torch.__future__.set_overwrite_module_params_on_conversion(overwritten)
