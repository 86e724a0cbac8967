"""The processes that torchrun started for one command: their number and their synchronisation.

    torchrun --nproc-per-node 4 -m ccsd_app evaluate …     rank 0, 1, 2, 3 of 4

Without torchrun there is one process, with rank 0.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch

LONGEST_WAIT = timedelta(hours=24)
"""Maximum time that one process waits for the others, whose cases may be larger."""

LAST_MESSAGE_S = 0.5
"""Gloo's thread needs the interpreter lock to send its last message, and the end of the group
waits for that thread holding the lock (torch 2.13: a deadlock, seen by stack traces)."""


def process_count() -> int:
    """Number of processes that torchrun started; 1 without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """The rank of this process, from 0."""
    return int(os.environ.get("RANK", "0"))


def is_first_process() -> bool:
    """Whether this process writes the common files and prints."""
    return rank() == 0


def share() -> slice:
    """The cases of a list that this process takes: every n-th one for n processes.

    >>> [1, 2, 3][share()]
    [1, 2, 3]
    """
    return slice(rank(), None, process_count())


def device_of_rank(device: str) -> str:
    """The device for this process; with `auto` and several GPUs, each process takes one GPU."""
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device != "auto" or process_count() == 1 or gpus < 2:
        return device
    return f"cuda:{int(os.environ.get('LOCAL_RANK', '0')) % gpus}"


@contextmanager
def process_group() -> Iterator[Callable[[Any], list[Any]]]:
    """The processes as a group; yields a function that exchanges a value among all.

    Each process calls it with its own value, which must be picklable, and gets the values of all,
    by rank; so it also waits for the others. A process that fails ends without waiting, and then
    torchrun ends the others.
    """
    if process_count() == 1:
        yield lambda value: [value]
        return
    torch.distributed.init_process_group("gloo", timeout=LONGEST_WAIT)
    yield _exchange
    torch.distributed.barrier()  # one that ends early would abort the others
    leave_process_group()


def _exchange(value: Any) -> list[Any]:
    values: list[Any] = [None] * process_count()
    torch.distributed.all_gather_object(values, value)
    return values


def leave_process_group() -> None:
    """Leave the process group, after all have reached a barrier."""
    time.sleep(LAST_MESSAGE_S)
    torch.distributed.destroy_process_group()
