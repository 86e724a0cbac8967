"""Cancelling long work between the network's layers.

    conv ─ check ─ norm ─ check ─ conv ─ …        a request waits: the check raises, and the
                                                  work ends within one layer

A generator can be left between two of its steps; a step of a large network takes seconds. So a
function is called before every layer, which raises to abandon the work. The network has hooks only
while such a check is given, and is left as it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

CancellationCheck = Callable[[], None]
"""Called between layers; what it raises ends the work."""


@contextmanager
def cancellation_checks(
    network: nn.Module, raise_if_cancelled: CancellationCheck | None, *, backwards: bool = False
) -> Iterator[None]:
    """Check before each of the network's innermost modules, while the context lasts.

    Args:
        network: Any network.
        raise_if_cancelled: The check; None to leave the network alone.
        backwards: Check also in a backward pass through what is computed meanwhile, which may
            come later.
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
