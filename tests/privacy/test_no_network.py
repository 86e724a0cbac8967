"""Nothing talks to a network: not the window, its inference process, the commands, nor training.

Every Python process is started with an audit hook that ends it at the first internet address.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = Path(__file__).parents[1] / "fixtures" / "run_of_2026_11"
FORBIDDEN = """
import os, sys

def forbid(event, arguments):
    asked = event == "socket.getaddrinfo" or (
        event in ("socket.connect", "socket.sendto")
        and isinstance(arguments[1], tuple)
    )
    if asked:
        with open(os.environ["SOCKETS"], "a") as file:
            file.write(f"{event} {arguments} in {sys.argv}\\n")
        os._exit(99)

with open(os.environ["SOCKETS"] + ".started", "a") as file:
    file.write("a process\\n")
sys.addaudithook(forbid)
"""


@pytest.fixture
def without_network(tmp_path):
    """Runs Python without the internet; says which connections were tried, and by how many."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(FORBIDDEN)
    log = tmp_path / "sockets"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(hook), os.environ.get("PYTHONPATH", str(Path.cwd()))]),
        "SOCKETS": str(log),
        "CCSD_SETTINGS": str(tmp_path / "settings.json"),
        "CCSD_CACHE": str(tmp_path / "cache"),
    }

    def run(*command: str) -> tuple[subprocess.CompletedProcess[str], str, int]:
        started = Path(f"{log}.started")
        started.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True
        )
        tried = log.read_text() if log.exists() else ""
        return done, tried, started.read_text().count("\n") if started.exists() else 0

    return run


def test_the_hook_ends_a_process_that_tries(without_network):
    done, tried, _ = without_network(
        "-c", "import socket; socket.create_connection(('192.0.2.1', 9), timeout=1)"
    )

    assert done.returncode == 99
    assert "192.0.2.1" in tried


def test_segmenting_and_evaluating_need_no_network(without_network, brats_case, tmp_path):
    case = str(brats_case().path)
    model = ("--model", str(MODEL))
    for command in (("segment", case, *model, "-o", str(tmp_path / "labels.nii.gz")), ("doctor",)):
        done, tried, _ = without_network("-m", "ccsd_app", *command)

        assert tried == ""
        assert done.returncode == 0, done.stderr


def test_training_needs_no_network(without_network, brats_case, tmp_path):
    for number in range(2):
        brats_case(f"P{number}", under=tmp_path / "data", seed=number)
    settings = ("-s", "steps=1", "-s", "engine.workers=1", "-s", "data.patch=[16,16,16]")
    done, tried, _ = without_network(
        *("-m", "ccsd_app", "train", "smoke", "--data", str(tmp_path / "data")),
        *("-o", str(tmp_path / "run"), *settings),
    )

    assert tried == ""
    assert done.returncode == 0, done.stderr


def test_the_window_and_its_inference_process_need_no_network(
    without_network, brats_case, tmp_path
):
    picture = tmp_path / "window.png"
    done, tried, processes = without_network(
        *("-m", "ccsd_app", "view", str(brats_case().path), "--model", str(MODEL)),
        *("--snapshot", str(picture)),
    )

    assert tried == ""
    assert done.returncode == 0, done.stderr
    assert picture.is_file()
    assert processes > 1, "the inference process is watched, too"
