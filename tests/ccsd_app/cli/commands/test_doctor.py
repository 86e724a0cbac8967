"""`ccsd-app doctor`: each finding says what it means and what to do."""

import re
import subprocess
from importlib.util import find_spec as real_find_spec
from pathlib import Path

import pytest

from ccsd_app.cli import checkup, system
from ccsd_app.cli.checkup import Finding, Status
from ccsd_core.inference.hardware import devices

SCRIPT = Path(__file__).resolve().parents[4] / "packaging" / "system-packages.sh"


def test_it_lists_versions_device_and_models(command, monkeypatch):
    monkeypatch.setattr(checkup, "opengl", lambda: [Finding(Status.GOOD, "OpenGL", "made up")])

    result = command("doctor")

    assert result.code in (0, 1)
    for name in ("ccsd", "torch", "monai", "cpu", "gpu", "models", "OpenGL"):
        assert re.search(rf"^(ok|limited|missing) +{name} ", result.out, re.MULTILINE), name


def test_something_essential_missing_is_exit_code_1_with_advice(command, monkeypatch):
    broken = Finding(Status.BROKEN, "torch", "not installed", "pip install torch")
    monkeypatch.setattr(checkup, "checks", lambda: (lambda: [broken],))

    result = command("doctor")

    assert result.code == 1
    assert "pip install torch" in result.out.partition("What to do:")[2]


def test_a_limit_is_no_failure(command, monkeypatch):
    limited = Finding(Status.LIMITED, "OpenGL", "none", "install Mesa")
    monkeypatch.setattr(checkup, "checks", lambda: (lambda: [limited],))

    result = command("doctor")

    assert result.code == 0
    assert "install Mesa" in result.out


def test_a_library_that_is_not_installed_is_essential():
    (finding,) = [checkup._library("a-library-nobody-has")]

    assert finding.status is Status.BROKEN
    assert "a-library-nobody-has" in finding.advice


@pytest.mark.parametrize(("fast", "words"), [(True, ", fast bf16"), (False, "no fast bf16")])
def test_the_doctor_names_the_arithmetic_that_the_engine_will_use(monkeypatch, fast, words):
    monkeypatch.setattr(devices, "fast_bf16", lambda device: fast)

    cpu = checkup.device()[0]

    assert words in cpu.text


def test_missing_system_packages_are_named(monkeypatch):
    monkeypatch.setattr(system, "_loads", lambda library: library != "libxcb-cursor.so.0")
    monkeypatch.setattr(system.sys, "platform", "linux")

    (finding,) = checkup.system()

    assert finding.status is Status.LIMITED
    assert "libxcb-cursor0" in finding.advice
    assert "libgl1" not in finding.advice


def test_without_the_window_libraries_the_command_line_is_said_to_work(monkeypatch):
    def find_spec(name):
        return None if name in ("PySide6", "vtk") else real_find_spec(name)

    monkeypatch.setattr(checkup, "find_spec", find_spec)

    (finding,) = checkup.window()

    assert finding.status is Status.LIMITED
    assert "ccsd[app]" in finding.advice
    assert checkup.system() == []
    assert checkup.opengl() == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("print('a renderer (OpenGL 4.5)')", Status.GOOD),
        ("import sys; sys.exit('no screen')", Status.LIMITED),
        ("import os; os.abort()", Status.LIMITED),
    ],
    ids=["works", "refuses", "crashes"],
)
def test_an_opengl_that_crashes_is_a_finding_and_not_the_end(monkeypatch, code, status):
    monkeypatch.setattr(checkup, "_GL_PROBE", code)

    (finding,) = checkup.opengl()

    assert finding.status is status


def test_the_install_script_has_every_package_the_doctor_may_name():
    words = set(SCRIPT.read_text().replace("(", " ").split())

    assert set(system.PACKAGE_OF.values()) <= words


def test_the_install_script_is_valid_and_never_fails(tmp_path):
    # No dpkg on the path: another distribution.
    bash = subprocess.run(["which", "bash"], capture_output=True, text=True).stdout.strip()
    uname = tmp_path / "uname"
    uname.write_text(f"#!{bash}\necho Linux\n")
    uname.chmod(0o755)

    done = subprocess.run(
        [bash, str(SCRIPT)], capture_output=True, text=True, env={"PATH": str(tmp_path)}
    )

    assert done.returncode == 0
    assert "libxcb-cursor0" in done.stdout
