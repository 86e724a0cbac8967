"""Drawings as SVG, with their provenance in the SVG description."""

from pathlib import Path

from ccsd_app.export.staging import staged
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import write_bytes


def write_svg(drawing: bytes, path: Path) -> Steps[tuple[Path, ...]]:
    """Write one drawing.

    Raises:
        ResourceError: If it cannot be written.
    """
    with staged(path.parent) as staging:
        yield Progress(0, 1, f"writing {path.name}")
        write_bytes(staging.path(path.name), drawing)
        return staging.commit()
