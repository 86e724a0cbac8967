"""Whether bf16 is faster than fp32 on this CPU: measured once, then cached.

    CPU flags ──▶ cached? ──▶ measured (≤ 0.2 s) ──▶ cached for the next start

CPU flags are not sufficient: a virtual machine may report them and emulate the instructions, and an
old torch may have no kernel for them. A result is valid for one CPU, number of threads and version
of torch. It is stored in the user's cache folder (or `$CCSD_CACHE`); if the file cannot be read or
written, the measurement is repeated.
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
"""Shape of the map that is convolved: a small version of a finest level. Much smaller maps are
misleading, because torch 2.13 has a slow fp32 kernel for some of them."""

ROUNDS = 3
"""Rounds in which both types are timed alternately; the fastest counts, since other work
interferes."""

MIN_ROUNDS = 2
"""Smallest number of rounds, since the result is cached."""

FASTER_SHARE = 0.9
"""bf16 is used if it takes less than this fraction of the time of fp32."""

MAX_S = 0.15
"""Seconds after which no other round is started."""


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
    """The file of cached results."""
    return user_cache() / "bf16.json"


@torch.inference_mode()
def measured() -> tuple[float, float]:
    """Seconds of the convolution in fp32 and in bf16."""
    inputs = []
    for dtype in (torch.float32, torch.bfloat16):
        x = torch.ones(SHAPE, dtype=dtype).contiguous(memory_format=torch.channels_last_3d)
        weight = torch.ones((SHAPE[1], SHAPE[1], 3, 3, 3), dtype=dtype)
        inputs.append((x, weight.contiguous(memory_format=torch.channels_last_3d)))
    for x, weight in inputs:  # the first call of each chooses its kernel
        functional.conv3d(x, weight, padding=1)
    best = [float("inf")] * len(inputs)
    begun = time.perf_counter()
    for done in range(1, ROUNDS + 1):
        for index, (x, weight) in enumerate(inputs):
            start = time.perf_counter()
            functional.conv3d(x, weight, padding=1)
            best[index] = min(best[index], time.perf_counter() - start)
        if done >= MIN_ROUNDS and time.perf_counter() - begun > MAX_S:
            break
    return best[0], best[1]


def _key() -> str:
    return f"{cpu_name()}, {torch.get_num_threads()} threads, torch {torch.__version__}"


def _read(path: Path) -> dict[str, bool]:
    """The cached results; empty if the file is missing or invalid."""
    try:
        found = parsed_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: verdict for key, verdict in found.items() if isinstance(verdict, bool)}
