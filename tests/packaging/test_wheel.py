"""The wheel: what an installed copy can do far away from any checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK_WINDOW = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "vtk", "vtkmodules", "pyvista", "pyvistaqt",
                                      "pyqtgraph", "qtawesome", "psygnal", "torch", "monai"}:
            raise ModuleNotFoundError(f"{name} is blocked by this test", name=name)

sys.meta_path.insert(0, Absent())
"""


def run(command: list[str], **kwargs) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, **kwargs)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(out), str(ROOT)])
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder that holds the wheel's content only; the dependencies stay where they are."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)])
    return target


@pytest.fixture
def python(installed, tmp_path):
    """Runs code with the installed copy first on the path, from a folder that is nowhere."""

    def python(code: str, *, before: str = "") -> str:
        prefix = f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        command = [sys.executable, "-P", "-c", prefix + before + code]
        return run(command, cwd=tmp_path, env=environment).stdout.strip()

    return python


def test_code_comes_from_the_wheel_and_not_from_the_checkout(python, installed):
    where = python("import ccsd_core, ccsd_app; print(ccsd_core.__file__, ccsd_app.__file__)")

    assert all(Path(path).is_relative_to(installed) for path in where.split())


def test_every_bundled_file_travels_inside_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    bundled = [path for path in (ROOT / "resources").rglob("*") if path.is_file()]

    assert bundled
    missing = [
        path
        for path in bundled
        if f"ccsd_core/_resources/{path.relative_to(ROOT / 'resources').as_posix()}" not in names
    ]
    assert not missing


def test_every_published_configuration_resolves_from_an_installed_copy(python, installed):
    names = [path.stem for path in (ROOT / "ccsd_core" / "configs").glob("*.toml")]

    assert "smoke" in names
    for name in names:
        message = python(
            "from pathlib import Path; from ccsd_core.training.config import config_file as c;"
            f"print(c.read_config(Path({name!r})).steps, c.CONFIGS)"
        )
        steps, folder = message.split(maxsplit=1)
        assert int(steps) > 0
        assert Path(folder).is_relative_to(installed)


def test_the_demo_case_resolves_from_an_installed_copy(python, installed):
    path = python("from ccsd_core.storage.demo import demo_case; print(demo_case())")

    assert Path(path).is_relative_to(installed)
    assert any(Path(path).iterdir())


def test_the_default_model_resolves_from_an_installed_copy(python, installed):
    path = python(
        "from ccsd_core.storage.models.bundled import default_model; print(default_model())"
    )

    assert Path(path).is_relative_to(installed)
    assert Path(path).stat().st_size < 10_000_000


def test_help_needs_neither_the_window_libraries_nor_torch(python):
    code = "sys.argv = ['ccsd-app', '--help']; from ccsd_app.__main__ import main; main()"

    message = python(code, before=BLOCK_WINDOW)

    for command in ("view", "segment", "evaluate", "train", "synth", "doctor", "models", "demo"):
        assert command in message


def test_the_installed_version_is_the_one_the_code_states(wheel):
    from ccsd_core.version import VERSION

    assert wheel.name.startswith(f"ccsd-{VERSION}-")


def test_no_test_or_local_file_gets_into_the_wheel(wheel):
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"ccsd_core", "ccsd_app"}


def test_the_wheel_says_that_both_packages_are_typed(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {"ccsd_core/py.typed", "ccsd_app/py.typed"} <= names
