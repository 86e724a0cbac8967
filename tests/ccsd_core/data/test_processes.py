"""Several processes: answers in order, arrays through the pipe, errors and deaths reported."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from ccsd_core.data import processes
from ccsd_core.data.processes import call_in_processes
from ccsd_core.errors import CaseError, EmptySubsetError, ResourceError

SHARED_MEMORY = Path("/dev/shm")


def slower_first(number: int) -> int:
    time.sleep(0.05 if number % 3 == 0 else 0)
    return number * number


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_answers_come_in_the_order_of_the_arguments(workers):
    assert list(call_in_processes(slower_first, range(10), workers=workers)) == [
        n * n for n in range(10)
    ]


def test_the_arguments_may_be_endless():
    def numbers():
        n = 0
        while True:
            yield n
            n += 1

    answers = call_in_processes(slower_first, numbers(), workers=2)

    assert [next(answers) for _ in range(3)] == [0, 1, 4]
    answers.close()


def own_children() -> int:
    return len(multiprocessing.active_children())


@pytest.mark.parametrize("how", ["closed", "dropped", "read to the end"])
def test_no_process_outlives_its_answers(how):
    before = own_children()
    answers = call_in_processes(slower_first, range(12), workers=2)
    next(answers)
    assert own_children() == before + 2

    if how == "closed":
        answers.close()
    elif how == "read to the end":
        list(answers)
    del answers

    assert own_children() == before


def large_array(number: int) -> np.ndarray:
    return np.full(5_000_000, number, np.float32)


def shared_memory_of_torch() -> int:
    return sum(file.name.startswith("torch_") for file in SHARED_MEMORY.iterdir())


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="no shared memory to look at")
def test_arrays_do_not_go_through_shared_memory():
    # Containers commonly have 64 MB of it; a tensor that does not fit ends the run (SIGBUS).
    before = shared_memory_of_torch()
    answers = call_in_processes(large_array, range(4), workers=1)

    first = next(answers)
    kinds = {type(first)}
    time.sleep(0.3)  # the second answer is in flight

    assert shared_memory_of_torch() == before
    assert kinds == {np.ndarray}
    assert torch.from_numpy(first).sum() == 0, "writable, so that torch takes it without a copy"
    answers.close()


def refuse(number: int) -> int:
    if number == 2:
        raise CaseError("case 'x' is none")
    if number == 3:
        raise EmptySubsetError
    return number


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_of_ours_comes_back_as_it_was_raised(workers):
    answers = call_in_processes(refuse, range(4), workers=workers)
    assert [next(answers), next(answers)] == [0, 1]

    with pytest.raises(CaseError, match=r"^case 'x' is none$"):
        next(answers)


def test_an_error_with_its_own_constructor_comes_back_too():
    with pytest.raises(EmptySubsetError, match="no sequence is left"):
        next(call_in_processes(refuse, [3], workers=1))


def die(number: int) -> int:
    if number:
        time.sleep(0.2)  # the answer before is on its way
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_process_that_dies_is_reported_with_a_way_out():
    with pytest.raises(ResourceError, match=r"1 processes .* ended .*engine\.workers") as error:
        next(call_in_processes(die, [1], workers=1))
    assert "\n" not in str(error.value)


def test_a_death_is_reported_where_the_answer_is_missed_and_nowhere_else():
    answers = call_in_processes(die, [0, 1], workers=1)
    assert next(answers) == 0

    for _ in range(20):  # the process dies; this one is at its own work
        time.sleep(0.02)

    with pytest.raises(ResourceError, match="ended"):
        next(answers)


def threads_of_torch(_: int) -> int:
    return torch.get_num_threads()


def test_each_process_computes_with_one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert next(call_in_processes(threads_of_torch, [0], workers=1)) == 1
    finally:
        torch.set_num_threads(threads)


def slow_to_send(number: int) -> tuple[int, np.ndarray]:
    return os.getpid(), np.full(20_000_000, number, np.uint8)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_process_killed_in_the_midst_of_an_answer_is_reported(workers, monkeypatch):
    # Half of an answer lies in the pipe: whoever reads on waits for ever for the other half.
    monkeypatch.setattr(processes, "GRACE_S", 0.5)
    answers = call_in_processes(slow_to_send, range(8), workers=workers)
    pid, _ = next(answers)
    time.sleep(0.5)  # the next answer has filled the pipe
    os.kill(pid, signal.SIGKILL)

    with pytest.raises(ResourceError, match=r"ended .*engine\.workers"):
        list(answers)
    assert own_children() == 0


def hang(number: int) -> int:
    time.sleep(60 * number)
    return number


def test_a_process_that_hangs_is_reported(monkeypatch):
    monkeypatch.setattr(processes, "TIMEOUT_S", 0.5)
    answers = call_in_processes(hang, [0, 1], workers=1)
    assert next(answers) == 0
    time.sleep(1)  # this process is at its own work: nobody waits

    with pytest.raises(ResourceError, match="ended"):
        next(answers)
