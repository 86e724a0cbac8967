"""Everything on a pretended card, for machines without a real one.

All files run in one process of their own, in which ATen finds a card before its first backward
pass. Skipped without a C++ compiler.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pretended_card.library import compiled, compiler

pytestmark = [
    pytest.mark.skipif(compiler() is None, reason="no C++ compiler (g++) here"),
    pytest.mark.skipif(sys.platform != "linux", reason="the pretended card is for Linux"),
]
ROOT = Path(__file__).resolve().parents[2]
FILES = (
    "tests/pretended_card/on_card_itself.py",
    "tests/pretended_card/on_card_network.py",
    "tests/pretended_card/on_card_training.py",
    "tests/pretended_card/on_card_costs.py",
    "tests/pretended_card/on_card_memory.py",
    "tests/ccsd_core/inference/test_on_a_card.py",
    "tests/ccsd_core/training/test_cuda.py",
)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_what_runs_on_a_gpu_runs_on_a_pretended_one():
    compiled()
    command = [sys.executable, "-m", "pytest", "-p", "tests.pretended_card.plugin", *FILES]
    command += ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]

    found = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip

    assert found.returncode == 0, found.stdout + found.stderr
    assert "skipped" not in found.stdout
