"""Whether bf16 is the faster arithmetic on this CPU: measured once, then cached.

    CPU flags ──▶ cached? ──▶ measured (≤ 0.2 s) ──▶ cached for the next start

Flags alone do not decide it: a virtual machine may pass them on and emulate the rest, and an old
torch may have no kernel for them. A verdict holds for one CPU, one count of threads and one
torch. It is kept in the user's cache folder (`$CCSD_CACHE` names another); a file that cannot be
read or written costs a measurement, nothing else.
"""

import contextlib
import json
import time
from functools import cache
from pathlib import Path

import torch
from torch.nn import functional

from ccsd_core.errors import ResourceError
from ccsd_core.inference.hardware.processor import cpu_name
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.documents import parsed_json
from ccsd_core.user_cache import user_cache

SHAPE = (1, 16, 48, 48, 48)
"""Shape of the map that is convolved: a finest level in small. Far smaller ones mislead: torch 2.13
has a slow way for some of them in fp32."""

ROUNDS = 3
"""Rounds of both ways in turns; the fastest counts, since other work disturbs them."""

MIN_ROUNDS = 2
"""Rounds that are always made, since the verdict is cached."""

FASTER_SHARE = 0.9
"""bf16 is used if it takes less than this share of the time of fp32."""

MAX_S = 0.15
"""Seconds after which no further round begins."""


@cache
def bf16_is_faster() -> bool:
    """Whether a 3³ convolution in channels_last memory is faster in bf16, on this CPU."""
    path, key = cache_path(), _key()
    known = _read(path)
    if key not in known:
        full, half = measured()
        known[key] = half < FASTER_SHARE * full
        with contextlib.suppress(ResourceError):
            write_text(path, json.dumps(known, indent=2) + "\n")
    return known[key]


def cache_path() -> Path:
    """The file of verdicts."""
    return user_cache() / "bf16.json"


@torch.inference_mode()
def measured() -> tuple[float, float]:
    """Seconds of the convolution in fp32 and in bf16."""
    ways = []
    for dtype in (torch.float32, torch.bfloat16):
        x = torch.ones(SHAPE, dtype=dtype).contiguous(memory_format=torch.channels_last_3d)
        weight = torch.ones((SHAPE[1], SHAPE[1], 3, 3, 3), dtype=dtype)
        ways.append((x, weight.contiguous(memory_format=torch.channels_last_3d)))
    for x, weight in ways:  # the first call of each chooses its kernel
        functional.conv3d(x, weight, padding=1)
    best = [float("inf")] * len(ways)
    begun = time.perf_counter()
    for done in range(1, ROUNDS + 1):
        for way, (x, weight) in enumerate(ways):
            start = time.perf_counter()
            functional.conv3d(x, weight, padding=1)
            best[way] = min(best[way], time.perf_counter() - start)
        if done >= MIN_ROUNDS and time.perf_counter() - begun > MAX_S:
            break
    return best[0], best[1]


def _key() -> str:
    return f"{cpu_name()}, {torch.get_num_threads()} threads, torch {torch.__version__}"


def _read(path: Path) -> dict[str, bool]:
    """The cached verdicts; nothing if the file is missing or invalid."""
    try:
        found = parsed_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: verdict for key, verdict in found.items() if isinstance(verdict, bool)}
