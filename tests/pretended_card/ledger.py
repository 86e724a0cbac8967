"""What a card would have been asked for: waits of the host, copies to the card, kernels, memory."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import torch

ROOT = str(Path(__file__).resolve().parents[2])


@dataclass
class Ledger:
    """Counts since the last `reset`, and bytes.

    Args:
        room: Bytes of the card that may be used; more is out of memory.
        hollow: Whether tensors on the card have sizes and no values: nothing is computed, so that
            the memory of any size can be counted. What is asked of a value is answered with 1.
        syncs: How often the host waits for the card, by place in the code.
        uploads: Copies to the card, by `pinned` or `pageable` and the place in the code.
        kernels: What would be launched, by name.
        live: Bytes of the card that are held.
        peak: The most there were.
    """

    room: int
    hollow: bool = False
    syncs: Counter[str] = field(default_factory=Counter)
    uploads: Counter[tuple[str, str]] = field(default_factory=Counter)
    kernels: Counter[str] = field(default_factory=Counter)
    live: int = 0
    peak: int = 0

    def reset(self) -> None:
        """Count from here."""
        self.syncs.clear()
        self.uploads.clear()
        self.kernels.clear()
        self.peak = self.live

    def hold(self, size: int) -> None:
        """Take memory.

        Raises:
            torch.OutOfMemoryError: If there is not so much.
        """
        if self.live + size > self.room:
            raise torch.OutOfMemoryError(f"CUDA out of memory. Tried to allocate {size} bytes")
        self.live += size
        self.peak = max(self.peak, self.live)


def place() -> str:
    """The innermost line of this repository that is being computed, without this folder's."""
    frame = sys._getframe(1)
    here = str(Path(__file__).parent)
    found = "?"
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(ROOT) and not name.startswith((here, f"{ROOT}/.venv")):
            return f"{name[len(ROOT) + 1 :]}:{frame.f_lineno}"
        if name.startswith(here) and Path(name).name.startswith("on_card"):
            found = f"{Path(name).name}:{frame.f_lineno}"
        frame = frame.f_back
    return found
