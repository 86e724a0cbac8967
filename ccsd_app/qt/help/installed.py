"""Versions and licences of the installed packages that the program uses."""

import platform
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from ccsd_core.version import VERSION

PACKAGES = (
    "torch",
    "monai",
    "numpy",
    "scipy",
    "nibabel",
    "safetensors",
    "pydantic",
    "PySide6-Essentials",
    "shiboken6",
    "vtk",
    "pyvista",
    "pyvistaqt",
    "pyqtgraph",
    "qtawesome",
    "psygnal",
    "platformdirs",
    "pydicom",
    "dcm2niix",
    "deepbet",
    "SimpleITK",
    "highdicom",
    "matplotlib",
    "pillow",
    "typer",
)
"""The main packages, by their names in the package index."""
LONGEST_LICENCE = 60


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package; a text is empty if it is not stated."""

    name: str
    version: str
    licence: str


def installed() -> list[Package]:
    """The packages of `PACKAGES` that are installed."""
    found: list[Package] = []
    for name in PACKAGES:
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found.append(Package(name, package.version, _licence(package)))
    return found


def versions_text() -> str:
    """One line for each package, with Python and the system first."""
    lines = [
        f"CCSD {VERSION} · Apache-2.0",
        f"Python {platform.python_version()} · {platform.system()} {platform.machine()}",
        *(f"{p.name} {p.version} · {p.licence or 'licence not stated'}" for p in installed()),
    ]
    return "\n".join(lines)


def _licence(package: Distribution) -> str:
    metadata = package.metadata.json  # types of `metadata` itself differ between Pythons
    stated = str(metadata.get("license_expression") or "")
    if not stated:
        classified = [
            value.rpartition(" :: ")[2]
            for value in metadata.get("classifier") or []
            if value.startswith("License ::")
        ]
        stated = ", ".join(classified)
    if not stated:
        stated = str(metadata.get("license") or "").strip().partition("\n")[0]
    return stated[:LONGEST_LICENCE]
