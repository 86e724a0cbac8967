"""What a screen reader reads over the real accessibility bus (AT-SPI), from another process."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FAKES = Path(__file__).parents[1] / "fakes"
ROOT = Path(__file__).parents[3]
SYSTEM_PYTHON = "/usr/bin/python3"
LAUNCHERS = [Path("/usr/libexec/at-spi-bus-launcher"), Path("/usr/lib/at-spi2-core")]
CONTROLS = {"push button", "check box", "radio button", "button menu", "slider", "combo box"}
CONTROLS |= {"text", "spin button", "page tab", "table", "list", "toggle button"}
TIMEOUT_S = 120
READ_BOTH = """
"$1" "$2/still_window.py" p & window=$!
"$3" "$2/read_accessible.py" 90 "T1c"
kill $window
"""


def missing() -> str:
    """What this machine lacks to have an accessibility bus; "" if nothing."""
    if not os.environ.get("DISPLAY"):
        return "an X display (xvfb-run)"
    if shutil.which("dbus-run-session") is None or not any(p.exists() for p in LAUNCHERS):
        return "dbus-run-session and at-spi2-core"
    asked = [SYSTEM_PYTHON, "-c", "import dbus"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(asked, capture_output=True).returncode:
        return "python3-dbus for the system's Python"
    return ""


def test_every_control_has_its_name_on_the_accessibility_bus(tmp_path):
    if lacks := missing():
        pytest.skip(f"needs {lacks}")
    environment = {
        **os.environ,
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(FAKES)]),
        "CCSD_SETTINGS": str(tmp_path / "settings.json"),
        "CCSD_CACHE": str(tmp_path / "cache"),
    }

    both = ["sh", "-c", READ_BOTH, "sh", sys.executable, FAKES, SYSTEM_PYTHON]
    read = subprocess.run(
        ["dbus-run-session", "--", *both],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )

    told = [json.loads(line) for line in read.stdout.splitlines() if line.startswith("{")]
    controls = [one for one in told if one["role"] in CONTROLS and one["showing"]]
    assert len(controls) > 40, read.stderr
    assert [one for one in controls if not one["name"].strip()] == []
    named = {(one["role"], one["name"]) for one in controls}
    assert ("button menu", "Open a case") in named
    assert ("check box", "Background T1c") in named
