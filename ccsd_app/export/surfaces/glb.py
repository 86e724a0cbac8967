"""Surfaces as binary glTF 2.0: one named node per region, in its colour, with provenance in extras.

    GLB ─ header │ JSON: nodes, meshes, materials, accessors, extras │ BIN: points, triangles

    node "world" ── scale and turn ──▶ metres, y up     as the format requires
      └─ WT, TC, ET ── points in RAS+ millimetres       as in the other exports

VTK's glTF exporter needs a render window and cannot store provenance, so this file writes the
format itself.

Source: The Khronos Group, glTF 2.0 Specification (ISO/IEC 12113:2022), chapters 3 and 4.
"""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from ccsd_app.export.surfaces.meshes import RegionMesh, Surfaces
from ccsd_app.scene.palette import Rgb
from ccsd_core.storage.atomic import write_bytes
from ccsd_core.version import software_version

MAGIC, VERSION = b"glTF", 2
JSON_CHUNK, BIN_CHUNK = b"JSON", b"BIN\0"
FLOAT, UNSIGNED_INT = 5126, 5125
VERTICES, INDICES = 34962, 34963
GLTF_FROM_WORLD = ((0.001, 0, 0, 0), (0, 0, 0.001, 0), (0, -0.001, 0, 0), (0, 0, 0, 1))
"""Metres from millimetres; right stays x, superior becomes y, anterior −z."""
OUTER_OPACITY = 0.35
"""Opacity of the outer regions, so that the inner ones are visible; the innermost is opaque."""


def write_glb(path: Path, surfaces: Surfaces) -> None:
    """Write all regions of one subset.

    Raises:
        ResourceError: If it cannot be written.
    """
    write_bytes(path, glb(surfaces))


def glb(surfaces: Surfaces) -> bytes:
    """The file's bytes: equal surfaces make equal bytes."""
    buffer = _Buffer()
    meshes = [_mesh(buffer, index, part) for index, part in enumerate(surfaces.found)]
    count = len(meshes)
    nodes: list[dict[str, Any]] = [
        {"name": part.region.name, "mesh": index} for index, part in enumerate(surfaces.found)
    ]
    columns = np.transpose(GLTF_FROM_WORLD).ravel().tolist()
    nodes.append({"name": "world", "matrix": columns, "children": list(range(count))})
    tree: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": software_version(), "extras": surfaces.as_json()},
        "scene": 0,
        "scenes": [{"nodes": [count]}],
        "nodes": nodes,
        "meshes": meshes,
        "materials": [
            _material(part, opaque=part is surfaces.found[-1]) for part in surfaces.found
        ],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": len(buffer.data)}],
    }
    header = _chunk(JSON_CHUNK, json.dumps(tree, ensure_ascii=False).encode(), fill=b" ")
    numbers = _chunk(BIN_CHUNK, bytes(buffer.data), fill=b"\0")
    whole = len(header) + len(numbers) + 12
    return struct.pack("<4sII", MAGIC, VERSION, whole) + header + numbers


class _Buffer:
    """The binary chunk while it is filled, and the accessors and views that describe it."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(self, values: np.ndarray, *, target: int, kind: dict[str, Any]) -> int:
        """Append an array of 4-byte numbers; returns the index of its accessor."""
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": values.nbytes}
        self.views.append({**view, "target": target})
        self.accessors.append({"bufferView": len(self.views) - 1, **kind})
        self.data += values.tobytes()
        return len(self.accessors) - 1


def _mesh(buffer: _Buffer, index: int, part: RegionMesh) -> dict[str, Any]:
    points = np.ascontiguousarray(part.mesh.points_mm, "<f4")
    corners = np.ascontiguousarray(part.mesh.triangles, "<u4").ravel()
    normals = np.ascontiguousarray(_normals(part), "<f4")
    vector = {"componentType": FLOAT, "count": len(points), "type": "VEC3"}
    bounds = {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
    scalar = {"componentType": UNSIGNED_INT, "count": len(corners), "type": "SCALAR"}
    position = buffer.add(points, target=VERTICES, kind={**vector, **bounds})
    normal = buffer.add(normals, target=VERTICES, kind=vector)
    indices = buffer.add(corners, target=INDICES, kind=scalar)
    primitive = {
        "attributes": {"POSITION": position, "NORMAL": normal},
        "indices": indices,
        "material": index,
    }
    about = {"title": part.region.title, "voxels_ml": round(part.voxels_ml, 6)}
    return {"name": part.region.name, "primitives": [primitive], "extras": about}


def _normals(part: RegionMesh) -> np.ndarray:
    """Unit normals (points, 3): at each point the area-weighted mean of its triangles' normals."""
    points = part.mesh.points_mm.astype(np.float64)
    a, b, c = (points[part.mesh.triangles[:, corner]] for corner in range(3))
    faces = np.cross(b - a, c - a)
    summed = np.zeros_like(points)
    for corner in range(3):
        np.add.at(summed, part.mesh.triangles[:, corner], faces)
    lengths = np.linalg.norm(summed, axis=1, keepdims=True)
    return np.where(lengths > 0, summed / np.where(lengths > 0, lengths, 1), (0.0, 0.0, 1.0))


def _material(part: RegionMesh, *, opaque: bool) -> dict[str, Any]:
    opacity = 1.0 if opaque else OUTER_OPACITY
    colour = [*_linear(part.colour), opacity]
    reflectance = {"baseColorFactor": colour, "metallicFactor": 0.0, "roughnessFactor": 0.7}
    blending = {} if opaque else {"alphaMode": "BLEND"}
    return {"name": part.region.name, "pbrMetallicRoughness": reflectance, **blending}


def _linear(colour: Rgb) -> list[float]:
    """A colour in linear light, as glTF wants its factors, from sRGB."""
    unit = np.asarray(colour) / 255
    low, high = unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4
    return np.where(unit <= 0.04045, low, high).round(6).tolist()


def _chunk(kind: bytes, content: bytes, *, fill: bytes) -> bytes:
    content += fill * (-len(content) % 4)
    return struct.pack("<I4s", len(content), kind) + content
