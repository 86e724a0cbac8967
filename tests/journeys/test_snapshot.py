"""A picture of the whole window on a machine without a display."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage


def ccsd_app(*words: object, home: Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")}
    env |= {"CCSD_SETTINGS": str(home / "settings.json")}
    command = [sys.executable, "-m", "ccsd_app", *map(str, words)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=280)


@pytest.mark.journey
def test_the_whole_window_is_drawn_without_a_display(case_folder, model_folder, tmp_path):
    out = tmp_path / "new folder" / "window.png"

    done = ccsd_app("view", case_folder, "--snapshot", out, "--model", model_folder, home=tmp_path)

    assert done.returncode == 0, done.stderr
    picture = QImage(str(out)).convertToFormat(QImage.Format.Format_RGB32)
    assert (picture.width(), picture.height()) == (1600, 1000)
    values = np.frombuffer(picture.constBits(), np.uint8).reshape(1000, 1600, 4)[..., :3]
    assert len(np.unique(values.reshape(-1, 3), axis=0)) > 500
    lower_right = values[520:900, 780:1200]  # where the 3-D view is
    assert len(np.unique(lower_right.reshape(-1, 3), axis=0)) > 100


@pytest.mark.journey
def test_a_model_that_is_not_there_is_one_line_and_bad_input(case_folder, tmp_path):
    out = tmp_path / "window.png"

    done = ccsd_app("view", case_folder, "--snapshot", out, "--model", "nowhere", home=tmp_path)

    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()


@pytest.mark.journey
def test_a_folder_without_sequences_is_one_line_and_bad_input(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()

    done = ccsd_app("view", empty, "--snapshot", tmp_path / "window.png", home=tmp_path)

    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
