"""The checks of `ccsd-app doctor`. Each check is a function that returns its findings.

A check that may crash (OpenGL) or block for long runs in a separate process.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from ccsd_app.cli.device_checkup import device
from ccsd_app.cli.finding import Finding, Status
from ccsd_app.cli.system import missing_packages
from ccsd_app.main import WINDOW_LIBRARIES
from ccsd_core.errors import CcsdError
from ccsd_core.version import VERSION

PROBE_SECONDS = 60

CORE_LIBRARIES = ("torch", "monai", "lightning-fabric", "nibabel", "safetensors", "numpy")

SCANNER_LIBRARIES = ("pydicom", "dcm2niix")

_GL_PROBE = """
import sys
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderWindow
import vtk
window = vtk.vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(16, 16)
window.AddRenderer(vtk.vtkRenderer())
window.Render()
text = dict(
    line.split(":", 1) for line in window.ReportCapabilities().splitlines() if ":" in line
)
name = text.get("OpenGL renderer string", "").strip()
number = text.get("OpenGL version string", "").strip()
print(f"{name} (OpenGL {number})")
sys.exit(0 if name else 1)
"""


def checks() -> tuple[Callable[[], list[Finding]], ...]:
    """All checks, in the order of the report."""
    return software, engine, device, bundled, scanner, window, system, opengl


def software() -> list[Finding]:
    """The versions of this program and of Python."""
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return [Finding(Status.GOOD, "ccsd", f"{VERSION}, {python}")]


def engine() -> list[Finding]:
    """The libraries that every command needs."""
    return [_library(name) for name in CORE_LIBRARIES]


def _library(name: str) -> Finding:
    try:
        return Finding(Status.GOOD, name, version(name))
    except PackageNotFoundError:
        return Finding(
            Status.BROKEN, name, "not installed", f"pip install {name}, or install ccsd again"
        )


def bundled() -> list[Finding]:
    """The models and the demo case that are bundled with the program."""
    from ccsd_core.storage.demo import demo_case
    from ccsd_core.storage.models.bundled import bundled_models

    found: list[Finding] = []
    try:
        names = [model.name for model in bundled_models()]
        found.append(
            Finding(Status.GOOD, "models", ", ".join(names))
            if names
            else Finding(
                Status.LIMITED,
                "models",
                "none bundled",
                "choose a model with --model, or train one",
            )
        )
        found.append(Finding(Status.GOOD, "demo case", demo_case().name))
    except CcsdError as error:
        found.append(Finding(Status.LIMITED, "bundled", str(error), "install ccsd again"))
    return found


def scanner() -> list[Finding]:
    """The libraries that read DICOM."""
    missing = [name for name in SCANNER_LIBRARIES if find_spec(name) is None]
    if missing:
        text = f"not installed: {', '.join(missing)}"
        advice = "pip install 'ccsd[scanner]'   to read DICOM; NIfTI works without it"
        return [Finding(Status.LIMITED, "DICOM", text, advice)]
    versions = ", ".join(f"{name} {version(name)}" for name in SCANNER_LIBRARIES)
    return [Finding(Status.GOOD, "DICOM", versions)]


def window() -> list[Finding]:
    """The libraries that the window needs, and whether there is a display."""
    missing = [name for name in WINDOW_LIBRARIES if find_spec(name) is None]
    if missing:
        return [
            Finding(
                Status.LIMITED,
                "window",
                f"not installed: {', '.join(missing)}",
                "pip install 'ccsd[app]'   for the window; the command line works without it",
            )
        ]
    versions = ", ".join(f"{n} {version(n)}" for n in ("PySide6-Essentials", "vtk", "pyvista"))
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if not display and sys.platform.startswith("linux"):
        display = "none: only  ccsd-app demo  and  view --snapshot  work"
    found = [Finding(Status.GOOD, "window", versions)]
    return [*found, Finding(Status.GOOD, "display", display or "provided by the system")]


def system() -> list[Finding]:
    """The shared libraries of the system that the window needs."""
    if find_spec("PySide6") is None:
        return []
    missing = missing_packages()
    if not missing:
        return [Finding(Status.GOOD, "system packages", "all installed")]
    names = " ".join(missing)
    return [
        Finding(
            Status.LIMITED,
            "system packages",
            f"missing {names}",
            f"sudo apt-get install {names}   (names of Debian and Ubuntu)",
        )
    ]


def opengl() -> list[Finding]:
    """Whether VTK can draw a 3-D picture with OpenGL."""
    if find_spec("vtk") is None:
        return []
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and not environment.get("DISPLAY"):
        environment["VTK_DEFAULT_OPENGL_WINDOW"] = "vtkEGLRenderWindow"
    try:
        probe = subprocess.run(
            [sys.executable, "-c", _GL_PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [_no_opengl(f"no answer within {PROBE_SECONDS} s")]
    if probe.returncode != 0:
        last = (probe.stderr.strip().splitlines() or [f"ended with {probe.returncode}"])[-1]
        return [_no_opengl(last)]
    return [Finding(Status.GOOD, "OpenGL", probe.stdout.strip())]


def _no_opengl(reason: str) -> Finding:
    return Finding(
        Status.LIMITED,
        "OpenGL",
        f"not usable ({reason})",
        (
            "install the graphics driver or Mesa (libgl1, libegl1); everything but the 3-D view "
            "works without it"
        ),
    )
