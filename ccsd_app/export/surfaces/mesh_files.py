"""Surfaces as STL, PLY or GLB: which files are written, and their sidecars.

STL  one file per region, without metadata ─▶ a sidecar JSON
PLY  one file, coloured points, provenance in comments
GLB  one file, one named node per region, provenance in extras
"""

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from ccsd_app.export.sidecar import write_json
from ccsd_app.export.staging import Staging, staged
from ccsd_app.export.surfaces.glb import write_glb
from ccsd_app.export.surfaces.meshes import RegionMesh, Surfaces, surfaces_of
from ccsd_app.export.surfaces.vtk_files import write_ply, write_stl
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import HASH_DIGITS
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.progress import Progress, Steps


class MeshFormat(Enum):
    """A file format for surfaces. The value is the file name's ending."""

    STL = "stl"
    PLY = "ply"
    GLB = "glb"


def names_of_surfaces(name: str, form: MeshFormat) -> tuple[str, ...]:
    """Every file that may be written for the name that the user chose.

    >>> names_of_surfaces("a.stl", MeshFormat.STL)
    ('a_WT.stl', 'a_TC.stl', 'a_ET.stl', 'a.json')
    """
    if form is not MeshFormat.STL:
        return (name,)
    stem = Path(name).stem
    return (*(_of_region(stem, region) for region in Region), f"{stem}.json")


def surface_files(
    state: State, subset: ModalitySubset, path: Path, form: MeshFormat
) -> Steps[tuple[Path, ...]]:
    """Make the surfaces of one subset and write them. Runs on the GUI thread, because it calls VTK.

    Raises:
        ExportError: If the subset is not computed, or predicts no region.
        ResourceError: If the files cannot be written.
    """
    surfaces = yield from surfaces_of(state, subset)
    with staged(path.parent) as staging:
        if form is MeshFormat.STL:
            yield from _each_region(surfaces, path.stem, staging)
        else:
            yield Progress(0, 1, f"writing {path.name}")
            _WRITERS[form](staging.path(path.name), surfaces)
        return staging.commit()


def _each_region(surfaces: Surfaces, stem: str, staging: Staging) -> Steps[None]:
    parts: dict[str, str] = {}
    for done, part in enumerate(surfaces.found):
        name = _of_region(stem, part.region)
        yield Progress(done, len(surfaces.found), f"writing {name}")
        write_stl(staging.path(name), part.mesh, _header(part, surfaces))
        parts[part.region.name] = name
    write_json(staging.path(f"{stem}.json"), {**surfaces.as_json(), "files": parts})


def _header(part: RegionMesh, surfaces: Surfaces) -> str:
    """The provenance that fits in the 80 bytes of an STL header; the rest is in the sidecar."""
    subset, model = surfaces.stamp.subset, surfaces.stamp.sha256[:HASH_DIGITS]
    degraded = " DEGRADED" if surfaces.stamp.degradations else ""
    return (
        f"CCSD {part.region.name} {subset}{degraded} {model} mm RAS; research only, not diagnosis"
    )


def _of_region(stem: str, region: Region) -> str:
    return f"{stem}_{region.name}.{MeshFormat.STL.value}"


_WRITERS: dict[MeshFormat, Callable[[Path, Surfaces], None]] = {
    MeshFormat.PLY: write_ply,
    MeshFormat.GLB: write_glb,
}
