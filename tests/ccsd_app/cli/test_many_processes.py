"""Scoring and segmenting a folder: continued, or shared by processes of torchrun."""

import json
import os
import subprocess
import sys

import pytest

from ccsd_app.cli import evaluation
from ccsd_core.errors import ResourceError


@pytest.fixture
def data(make_case, tmp_path):
    for number in range(3):
        make_case(f"BraTS2021_0000{number}", within=tmp_path / "data", labels=number != 1)
    return tmp_path / "data"


def test_an_evaluation_that_ended_before_its_report_does_not_score_again(
    command, data, model, tmp_path, monkeypatch
):
    def disk_full(*_, **__):
        raise ResourceError("no space left")

    arguments = ("evaluate", data, "-o", tmp_path / "out", "--model", model, "--metrics", "dice")
    with monkeypatch.context() as patched:
        patched.setattr(evaluation, "write_report", disk_full)
        assert command(*arguments).code != 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["finished_cases"]

    again = command(*arguments)

    assert again.code == 0, again.err
    assert "3 cases were scored by an interrupted evaluation" in again.err
    assert not (tmp_path / "out/finished_cases").exists()
    assert command(*arguments[:3], tmp_path / "new", *arguments[4:]).code == 0
    scores = [(tmp_path / name / "scores.csv").read_text() for name in ("out", "new")]
    assert scores[0] == scores[1]


@pytest.mark.slow
def test_two_processes_give_what_one_gives(command, data, model, tmp_path):
    evaluate = ("evaluate", data, "--model", model, "--metrics", "dice", "--device", "cpu", "-o")
    segment = ("segment", data, "--model", model, "--use", "T1c", "--device", "cpu", "-o")
    one, two = tmp_path / "one", tmp_path / "two"
    assert command(*evaluate, one / "scores").code == 0
    assert command(*segment, one / "maps", "--json", one / "maps.json").code == 0

    scored = torchrun(*evaluate, two / "scores")
    mapped = torchrun(*segment, two / "maps", "--json", two / "maps.json")

    for name in ("scores.csv", "summary.json", "table.md"):
        texts = [(out / "scores" / name).read_text() for out in (one, two)]
        assert texts[0] == texts[1], name
    assert scored.stdout.count("Dice in percent") == 1, "the table is printed once"
    assert "skipped: BraTS2021_00001" in scored.stderr
    maps = [sorted(path.name for path in (out / "maps").iterdir()) for out in (one, two)]
    assert maps[0] == maps[1]
    assert len(maps[0]) == 3
    volumes = [
        {case["case"]: case["volumes_ml"] for case in json.loads(text.read_text())["cases"]}
        for text in (one / "maps.json", two / "maps.json")
    ]
    assert volumes[0] == volumes[1]
    assert len([line for line in mapped.stdout.splitlines() if "WT" in line]) == 3


def torchrun(*arguments: object) -> subprocess.CompletedProcess[str]:
    """`ccsd-app …` in two processes."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [sys.executable, *launcher, "-m", "ccsd_app", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done
