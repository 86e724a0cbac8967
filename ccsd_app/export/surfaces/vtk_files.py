"""Binary STL and PLY by VTK's own writers. The only file of the exports that calls VTK.

Nothing is drawn or read here.
"""

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkIOGeometry import vtkSTLWriter
from vtkmodules.vtkIOPLY import vtkPLYWriter

from ccsd_app.export.surfaces.meshes import SMOOTHED, SPACE, Surfaces
from ccsd_app.scene.view3d.surface import Mesh

STL_HEADER_BYTES = 80
COLOURS = "colours"


def write_stl(path: Path, mesh: Mesh, header: str) -> None:
    """Write one closed surface.

    Args:
        path: The file to write.
        mesh: The surface, in world mm.
        header: At most 80 bytes of text; it must not start with `solid`, which marks a text STL.

    Raises:
        OSError: If it cannot be written.
    """
    assert not header.startswith("solid"), header
    support: Any = numpy_support
    line = header.encode("ascii", "replace")[:STL_HEADER_BYTES].ljust(STL_HEADER_BYTES)
    writer: Any = vtkSTLWriter()
    writer.SetFileTypeToBinary()
    writer.SetBinaryHeader(support.numpy_to_vtk(np.frombuffer(line, np.uint8), deep=True))
    writer.SetInputData(_polydata(mesh.points_mm, mesh.triangles))
    _write(writer, path)


def write_ply(path: Path, surfaces: Surfaces) -> None:
    """Write all regions as one mesh of coloured points; comments say which part is which.

    Raises:
        OSError: If it cannot be written.
    """
    support: Any = numpy_support
    first_point = np.cumsum([0, *(len(part.mesh.points_mm) for part in surfaces.found)])
    first_face = np.cumsum([0, *(part.mesh.cells for part in surfaces.found)])
    points = [part.mesh.points_mm for part in surfaces.found]
    shifted = [
        part.mesh.triangles + first
        for part, first in zip(surfaces.found, first_point[:-1], strict=True)
    ]
    data = _polydata(np.concatenate(points), np.concatenate(shifted))
    part_colours = [np.asarray(part.colour, np.uint8) for part in surfaces.found]
    colours = [np.tile(c, (n, 1)) for c, n in zip(part_colours, np.diff(first_point), strict=True)]
    rgb = support.numpy_to_vtk(np.concatenate(colours), deep=True)
    rgb.SetName(COLOURS)
    data.GetPointData().SetScalars(rgb)
    writer: Any = vtkPLYWriter()
    writer.SetFileTypeToBinary()
    writer.SetDataByteOrderToLittleEndian()
    writer.SetArrayName(COLOURS)
    for line in (*surfaces.stamp.lines, f"space: {SPACE}", f"surfaces: {SMOOTHED}"):
        writer.AddComment(_one_line(line))
    for index, part in enumerate(surfaces.found):
        faces = f"faces {first_face[index]} to {first_face[index + 1] - 1}"
        corners = f"vertices {first_point[index]} to {first_point[index + 1] - 1}"
        name = f"{part.region.name} {part.region.title}"
        volumes = f"{part.voxels_ml:.3f} mL of voxels, {part.mesh.volume_ml:.3f} mL enclosed"
        writer.AddComment(f"region: {name}: {faces}, {corners}, {volumes}")
    for name in surfaces.none_found:
        writer.AddComment(f"region: {name}: none predicted")
    writer.SetInputData(data)
    _write(writer, path)


def _polydata(points_mm: NDArray[np.float32], triangles: NDArray[np.int64]) -> Any:
    support: Any = numpy_support
    points: Any = vtkPoints()
    points.SetData(support.numpy_to_vtk(points_mm, deep=True))
    cells: Any = vtkCellArray()
    offsets = 3 * np.arange(len(triangles) + 1, dtype=np.int64)
    cells.SetData(
        support.numpy_to_vtkIdTypeArray(offsets, deep=True),
        support.numpy_to_vtkIdTypeArray(np.ravel(triangles), deep=True),
    )
    data: Any = vtkPolyData()
    data.SetPoints(points)
    data.SetPolys(cells)
    return data


def _write(writer: Any, path: Path) -> None:
    """Write, and raise an OSError if VTK only returns a failure, as on a full disk."""
    path.touch()  # raises with the system's reason, which VTK does not give
    writer.SetFileName(str(path))
    if not writer.Write() or writer.GetErrorCode() or not path.stat().st_size:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))


def _one_line(text: str) -> str:
    """The text as one line of ASCII, as PLY comments have to be."""
    line = " ".join(text.replace("·", ";").split())
    return line.encode("ascii", "replace").decode()
