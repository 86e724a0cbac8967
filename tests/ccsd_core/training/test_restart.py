"""A process of many is lost: torchrun starts all of them again, from the last checkpoint."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

STEPS = 40
NEW_STORE = {"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
"""Without it torch 2.5 to 2.13 read the addresses of the processes before the restart (pytorch
issue 135712)."""

CONFIG = f"""
name = "tiny"
steps = {STEPS}

[model]
base_channels = 2
levels = 2
spacing_mm = 4.0

[data]
patch = [16, 16, 16]
batch = 2

[engine]
precision = "32-true"
checkpoint_every = 5
log_every = 1
tensorboard = false
"""


def start(config: Path, data: Path, run: Path) -> subprocess.Popen[str]:
    """The command of a scheduler's job: the same at its first start and at every later one."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    restarts = ["--max-restarts", "1"]
    arguments = [config, "--data", data, "--out", run, "--resume", "--device", "cpu"]
    return subprocess.Popen(
        [sys.executable, *launcher, *restarts, "-m", "ccsd_app", "train", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", **NEW_STORE},
    )


def process_of_rank(rank: int, launcher: int) -> int:
    """Process id of a rank, among the children of torchrun."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:  # it has ended meanwhile
            continue
        if parent == launcher and f"RANK={rank}".encode() in environment:
            return int(process.name)
    raise AssertionError(f"no process of rank {rank}")


@pytest.mark.slow
@pytest.mark.timeout(500)
@pytest.mark.skipif(sys.platform != "linux", reason="finds the process in /proc")
def test_when_a_process_is_killed_all_go_on_from_the_last_checkpoint(data, tmp_path):
    run, config = tmp_path / "run", tmp_path / "tiny.toml"
    config.write_text(CONFIG)
    job = start(config, data, run)
    try:
        while not (run / "checkpoints" / "step-00000010").exists():
            assert job.poll() is None, job.communicate()[1]
            time.sleep(0.05)
        os.kill(process_of_rank(1, job.pid), signal.SIGKILL)
        _, err = job.communicate(timeout=400)
    finally:
        if job.poll() is None:
            os.killpg(job.pid, signal.SIGKILL)

    assert job.returncode == 0, err
    log = (run / "train.log").read_text()
    begun = [line for line in log.splitlines() if " 2 × cpu" in line]
    assert "started at step 0" in begun[0]
    assert "resumed after step" in begun[1]
    rows = (run / "metrics.csv").read_text().splitlines()[1:]
    assert [int(row.partition(",")[0]) for row in rows] == list(range(1, STEPS + 1))
