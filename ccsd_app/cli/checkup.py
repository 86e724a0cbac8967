"""What `ccsd-app doctor` looks at. Each check is a function that returns its findings.

Whatever may crash (OpenGL) or block for long is tried in a process of its own.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from ccsd_app.cli.device_checkup import device
from ccsd_app.cli.finding import Finding, Verdict
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
said = dict(
    line.split(":", 1) for line in window.ReportCapabilities().splitlines() if ":" in line
)
name = said.get("OpenGL renderer string", "").strip()
number = said.get("OpenGL version string", "").strip()
print(f"{name} (OpenGL {number})")
sys.exit(0 if name else 1)
"""


def checks() -> tuple[Callable[[], list[Finding]], ...]:
    """Every check, in the order of the report."""
    return software, engine, device, bundled, scanner, window, system, opengl


def software() -> list[Finding]:
    """Ourselves and Python."""
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return [Finding(Verdict.GOOD, "ccsd", f"{VERSION}, {python}")]


def engine() -> list[Finding]:
    """Libraries without which nothing works."""
    return [_library(name) for name in CORE_LIBRARIES]


def _library(name: str) -> Finding:
    try:
        return Finding(Verdict.GOOD, name, version(name))
    except PackageNotFoundError:
        return Finding(
            Verdict.BROKEN, name, "not installed", f"pip install {name}, or install ccsd again"
        )


def bundled() -> list[Finding]:
    """The model and the demo case that come with the software."""
    from ccsd_core.storage.demo import demo_case
    from ccsd_core.storage.models.bundled import bundled_models

    found: list[Finding] = []
    try:
        names = [model.name for model in bundled_models()]
        found.append(
            Finding(Verdict.GOOD, "models", ", ".join(names))
            if names
            else Finding(
                Verdict.LIMITED,
                "models",
                "none bundled",
                "choose a model with --model, or train one",
            )
        )
        found.append(Finding(Verdict.GOOD, "demo case", demo_case().name))
    except CcsdError as error:
        found.append(Finding(Verdict.LIMITED, "bundled", str(error), "install ccsd again"))
    return found


def scanner() -> list[Finding]:
    """Libraries that read what scanners write."""
    absent = [name for name in SCANNER_LIBRARIES if find_spec(name) is None]
    if absent:
        said = f"not installed: {', '.join(absent)}"
        advice = "pip install 'ccsd[scanner]'   to read DICOM; NIfTI is read without"
        return [Finding(Verdict.LIMITED, "DICOM", said, advice)]
    versions = ", ".join(f"{name} {version(name)}" for name in SCANNER_LIBRARIES)
    return [Finding(Verdict.GOOD, "DICOM", versions)]


def window() -> list[Finding]:
    """Libraries of the window."""
    absent = [name for name in WINDOW_LIBRARIES if find_spec(name) is None]
    if absent:
        return [
            Finding(
                Verdict.LIMITED,
                "window",
                f"not installed: {', '.join(absent)}",
                "pip install 'ccsd[app]'   for the window; the command line works without it",
            )
        ]
    versions = ", ".join(f"{n} {version(n)}" for n in ("PySide6-Essentials", "vtk", "pyvista"))
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if not display and sys.platform.startswith("linux"):
        display = "none: only  ccsd-app demo  and  view --snapshot  work"
    found = [Finding(Verdict.GOOD, "window", versions)]
    return [*found, Finding(Verdict.GOOD, "display", display or "provided by the system")]


def system() -> list[Finding]:
    """Shared libraries of the system."""
    if find_spec("PySide6") is None:
        return []
    missing = missing_packages()
    if not missing:
        return [Finding(Verdict.GOOD, "system packages", "all installed")]
    names = " ".join(missing)
    return [
        Finding(
            Verdict.LIMITED,
            "system packages",
            f"missing {names}",
            f"sudo apt-get install {names}   (names of Debian and Ubuntu)",
        )
    ]


def opengl() -> list[Finding]:
    """Whether a 3-D picture can be drawn."""
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
    return [Finding(Verdict.GOOD, "OpenGL", probe.stdout.strip())]


def _no_opengl(reason: str) -> Finding:
    return Finding(
        Verdict.LIMITED,
        "OpenGL",
        f"not usable ({reason})",
        (
            "install the graphics driver or Mesa (libgl1, libegl1); everything but the 3-D view "
            "works without it"
        ),
    )
