"""A pulse: a function called between the blocks of long work, which may raise to abandon it.

    conv ─ pulse ─ norm ─ pulse ─ conv ─ …        a request waits: the pulse raises, and the
                                                  work ends within one block

A generator can be left between two of its steps; a step of a large network takes seconds. The
network is looked into only while a pulse is given, and left as it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

Pulse = Callable[[], None]
"""Called between blocks; what it raises ends the work."""


@contextmanager
def beating(network: nn.Module, pulse: Pulse | None, *, backwards: bool = False) -> Iterator[None]:
    """Call `pulse` before each of the network's innermost modules, while the context lasts.

    Args:
        network: Any network.
        pulse: None to leave the network alone.
        backwards: Call it also in a backward pass through what is computed meanwhile, which may
            come later.
    """
    if pulse is None:
        yield
        return

    def beat(_module: nn.Module, _inputs: object) -> None:
        pulse()

    def beat_backwards(_module: nn.Module, _inputs: object, output: object) -> None:
        if isinstance(output, Tensor) and output.requires_grad:
            output.register_hook(lambda _gradient: pulse())

    innermost = [m for m in network.modules() if next(m.children(), None) is None]
    handles = [module.register_forward_pre_hook(beat) for module in innermost]
    if backwards:
        handles += [module.register_forward_hook(beat_backwards) for module in innermost]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
