"""What the window's process must not import: checked in a fresh interpreter."""

import subprocess
import sys

import pytest


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("name", ["torch", "monai", "lightning_fabric", "pyvistaqt", "pyvista"])
def test_the_window_comes_up_without(name):
    assert name not in modules_after("import ccsd_app.qt.startup.application")


def test_the_client_does_not_import_the_program_that_it_starts():
    modules = modules_after("import ccsd_app.worker.client")

    assert "ccsd_app.worker.process" not in modules
    assert "torch" not in modules


def test_the_inference_process_imports_torch_only_when_it_loads_a_model():
    assert "torch" not in modules_after("import ccsd_app.worker.process")
