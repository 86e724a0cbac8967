"""A signal to all processes of a run: the one that was started is asked, the others go on."""

import os
import signal

import numpy as np
import pytest

from ccsd_app.cli.training.interruption import stop_requested
from ccsd_core.data.processes import call_in_processes

ANSWERS = 30


def large(index: int) -> tuple[int, int, np.ndarray]:
    """Takes a while to go through a pipe."""
    return index, os.getpid(), np.full(2_000_000, index)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_data_process_that_is_signalled_too_leaves_no_answer_half_sent(number):
    with stop_requested() as asked:
        seen = []
        for index, worker, array in call_in_processes(large, range(ANSWERS), workers=1):
            os.kill(worker, number)  # in the midst of sending the next one
            assert array[0] == array[-1] == index
            seen.append(index)
        assert not asked(), "nobody asked this process"
    assert seen == list(range(ANSWERS))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_the_process_that_was_started_is_asked(number, capsys):
    with stop_requested() as asked:
        os.kill(os.getpid(), number)
        assert asked()
    assert "stopping after saving" in capsys.readouterr().err
