"""Cancelling long work between the network's layers.

    conv ─ check ─ norm ─ check ─ conv ─ …        if a request is waiting, the check raises,
                                                  and the work ends within one layer

A generator can be abandoned between two of its steps, but a step of a large network takes seconds.
Therefore a function is called before every layer, and raises to abandon the work. The hooks are
removed afterwards.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

CancellationCheck = Callable[[], None]
"""Called between layers; an exception that it raises ends the work."""


@contextmanager
def cancellation_checks(
    network: nn.Module, raise_if_cancelled: CancellationCheck | None, *, backwards: bool = False
) -> Iterator[None]:
    """Check before each of the network's innermost modules, while the context lasts.

    Args:
        network: Any network.
        raise_if_cancelled: The check; None for no checks.
        backwards: Whether to check in the backward pass of these computations as well, which may
            run later.
    """
    if raise_if_cancelled is None:
        yield
        return

    def check(_module: nn.Module, _inputs: object) -> None:
        raise_if_cancelled()

    def check_backwards(_module: nn.Module, _inputs: object, output: object) -> None:
        if isinstance(output, Tensor) and output.requires_grad:
            output.register_hook(lambda _gradient: raise_if_cancelled())

    innermost = [m for m in network.modules() if next(m.children(), None) is None]
    handles = [module.register_forward_pre_hook(check) for module in innermost]
    if backwards:
        handles += [module.register_forward_hook(check_backwards) for module in innermost]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
