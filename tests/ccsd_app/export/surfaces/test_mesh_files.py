"""Surfaces read back by other readers than our writers: in world mm, of the right volume."""

import json
import struct
from dataclasses import replace

import numpy as np
import pytest
import pyvista as pv

from ccsd_app.export.errors import ExportError
from ccsd_app.export.surfaces.mesh_files import MeshFormat, names_of_surfaces, surface_files
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume
from ccsd_core.progress import drain

PAIR = ModalitySubset.parse("FLAIR+T2")
SHAPE = (70, 60, 50)
RADII = {Region.WT: 22.0, Region.TC: 17.0, Region.ET: 12.0}
WITHIN = 0.04
"""What smoothing may take from or add to a volume."""


def oblique() -> np.ndarray:
    """Rotated, anisotropic, far from the origin."""
    angle = np.radians(20)
    affine = np.eye(4)
    affine[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    affine[:3, :3] = affine[:3, :3] @ np.diag([0.9, 1.1, 1.4])
    affine[:3, 3] = 80, -140, 33
    return affine


@pytest.fixture(scope="module")
def balls(phantom_state) -> State:
    """Nested balls of known size in world mm, on an oblique grid."""
    affine = oblique()
    volume = Volume(np.ones(SHAPE, np.float32), affine)
    grid = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), axis=-1)
    world = grid @ affine[:3, :3].T + affine[:3, 3]
    centre = affine[:3, :3] @ [34, 29, 24] + affine[:3, 3]
    distance = np.linalg.norm(world - centre, axis=-1)
    nested_labels = np.sum([distance <= r for r in RADII.values()], axis=0).astype(np.uint8)
    volumes = {r: float((nested_labels > r).sum()) * volume.voxel_ml for r in Region}
    case = Case("balls", dict.fromkeys(Modality, volume), StoredGrid(SHAPE, affine))
    cut = (slice(5, 65), slice(5, 55), slice(4, 45))
    result = SubsetResult(PAIR, nested_labels[cut], (5, 5, 4), volumes, None, None, 1.0)
    state = State().opened(case).using(PAIR).with_result(result)
    return replace(state, model=phantom_state.model)


def write(state: State, tmp_path, form: MeshFormat):
    return drain(surface_files(state, PAIR, tmp_path / f"s.{form.value}", form))


def check(mesh: pv.PolyData, state: State, region: Region) -> None:
    """Closed, outwards, around the region's voxels in the world, and as large as they are."""
    result, affine = state.result, state.case.grid.world_from_voxel
    voxels = np.argwhere(result.region(region)) + result.offset_voxel
    centres = voxels @ affine[:3, :3].T + affine[:3, 3]
    low, high = np.reshape(mesh.bounds, (3, 2)).T
    assert (low <= centres.min(axis=0) + 0.3).all()  # a smoothed tip may draw in a little
    assert (high >= centres.max(axis=0) - 0.3).all()
    assert (low >= centres.min(axis=0) - 1.5).all()
    assert (high <= centres.max(axis=0) + 1.5).all()
    edges = mesh.extract_feature_edges(
        boundary_edges=True, non_manifold_edges=True, feature_edges=False, manifold_edges=False
    )
    assert edges.n_cells == 0
    assert mesh.volume / 1000 == pytest.approx(result.volumes_ml[region], rel=WITHIN)
    outwards = mesh.compute_normals(
        point_normals=False, auto_orient_normals=False, consistent_normals=False
    )
    away = mesh.cell_centers().points - mesh.center_of_mass()
    assert (np.einsum("ij,ij->i", away, outwards["Normals"]) > 0).mean() > 0.95


def test_stl_has_a_closed_surface_a_region_in_world_mm(balls, tmp_path):
    paths = write(balls, tmp_path, MeshFormat.STL)

    assert {p.name for p in paths} == {"s_WT.stl", "s_TC.stl", "s_ET.stl", "s.json"}
    for region in Region:
        check(pv.read(tmp_path / f"s_{region.name}.stl"), balls, region)


def test_the_stl_header_says_what_it_can_and_the_sidecar_the_rest(balls, tmp_path):
    write(balls, tmp_path, MeshFormat.STL)

    header = (tmp_path / "s_ET.stl").read_bytes()[:80]
    assert header.startswith(b"CCSD ET FLAIR+T2 01234567 mm RAS")
    assert b"not diagnosis" in header
    beside = json.loads((tmp_path / "s.json").read_text())
    assert beside["files"] == {r.name: f"s_{r.name}.stl" for r in Region}
    assert beside["input"] == "input: FLAIR, T2 · T1, T1c withheld"
    assert beside["regions"]["WT"]["voxels_ml"] == pytest.approx(balls.result.volumes_ml[Region.WT])


def test_ply_has_all_regions_coloured_and_says_which_faces_are_whose(balls, tmp_path):
    write(balls, tmp_path, MeshFormat.PLY)

    head = (tmp_path / "s.ply").read_bytes().split(b"end_header")[0].decode("ascii")
    assert "comment input: FLAIR, T2 ; T1, T1c withheld" in head
    assert "comment model sha256: 0123456789abcdef" in head
    assert "not for diagnosis" in head
    whole = pv.read(tmp_path / "s.ply")
    colours = np.unique(whole.point_data["RGB"], axis=0)
    assert len(colours) == 3
    for region in Region:
        line = next(n for n in head.splitlines() if n.startswith(f"comment region: {region.name}"))
        first, last = (int(n) for n in line.split("faces ")[1].split(",")[0].split(" to "))
        part = whole.extract_cells(range(first, last + 1)).extract_surface(algorithm=None).clean()
        check(part, balls, region)


def gltf(data: bytes) -> tuple[dict, bytes]:
    """Taken apart by the specification."""
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    assert size % 4 == 0
    rest, kind = struct.unpack_from("<I4s", data, 20 + size)
    assert kind == b"BIN\0"
    assert 28 + size + rest == length
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def test_glb_has_a_named_node_a_region_whose_points_are_world_mm(balls, tmp_path):
    write(balls, tmp_path, MeshFormat.GLB)

    tree, binary = gltf((tmp_path / "s.glb").read_bytes())
    assert [node["name"] for node in tree["nodes"]] == ["WT", "TC", "ET", "world"]
    for region in Region:
        primitive = tree["meshes"][region]["primitives"][0]
        indices = tree["accessors"][primitive["indices"]]
        points = tree["accessors"][primitive["attributes"]["POSITION"]]
        raw = {}
        for name, accessor, kind in (("p", points, "<f4"), ("t", indices, "<u4")):
            view = tree["bufferViews"][accessor["bufferView"]]
            part = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
            raw[name] = np.frombuffer(part, kind).reshape(-1, 3)
        assert raw["p"].min(axis=0).tolist() == points["min"]
        assert raw["p"].max(axis=0).tolist() == points["max"]
        check(pv.PolyData.from_regular_faces(raw["p"], raw["t"].astype(int)), balls, region)


def test_glb_carries_its_provenance_in_extras(balls, tmp_path):
    write(balls, tmp_path, MeshFormat.GLB)

    tree, _ = gltf((tmp_path / "s.glb").read_bytes())
    extras = tree["asset"]["extras"]
    assert extras["input"] == "input: FLAIR, T2 · T1, T1c withheld"
    assert extras["model"]["sha256"] == "0123456789abcdef"
    assert "not for diagnosis" in extras["disclaimer"]


def test_a_gltf_reader_sees_the_head_upright_and_in_metres(balls, tmp_path):
    write(balls, tmp_path, MeshFormat.GLB)

    blocks = pv.read(tmp_path / "s.glb")
    low, high = np.reshape(blocks.bounds, (3, 2)).T
    affine = balls.case.grid.world_from_voxel
    x, y, z = (affine[:3, :3] @ [34, 29, 24] + affine[:3, 3]) / 1000
    assert (low + high) / 2 == pytest.approx([x, z, -y], abs=0.001)
    assert high - low == pytest.approx([0.044] * 3, abs=0.003)


def test_an_empty_region_has_no_file_and_is_reported(full_state, tmp_path):
    state = full_state.using(ModalitySubset.parse("FLAIR+T2"))  # without T1c: no ET

    paths = write(state, tmp_path, MeshFormat.STL)
    write(state, tmp_path, MeshFormat.PLY)

    assert {p.name for p in paths} == {"s_WT.stl", "s_TC.stl", "s.json"}
    assert json.loads((tmp_path / "s.json").read_text())["none_found"] == ["ET"]
    assert b"comment region: ET: none predicted" in (tmp_path / "s.ply").read_bytes()


def test_nothing_found_at_all_is_an_error_and_no_file(full_state, tmp_path):
    empty = replace(full_state.results[PAIR], nested_labels=np.zeros((0, 0, 0), np.uint8))
    state = full_state.with_result(empty)
    with pytest.raises(ExportError, match="predicts no region"):
        write(state, tmp_path, MeshFormat.GLB)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", MeshFormat)
def test_a_cancelled_export_leaves_no_file_whenever_it_is_cancelled(balls, tmp_path, form):
    target = tmp_path / f"s.{form.value}"
    steps_in_all = len(list(surface_files(balls, PAIR, tmp_path / "x" / target.name, form)))
    for count in range(1, steps_in_all + 1):
        steps = surface_files(balls, PAIR, target, form)
        for _ in range(count):
            next(steps)
        steps.close()
        assert [p.name for p in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("form", MeshFormat)
def test_equal_surfaces_make_equal_bytes(balls, tmp_path, form):
    first = drain(surface_files(balls, PAIR, tmp_path / "1" / f"s.{form.value}", form))
    second = drain(surface_files(balls, PAIR, tmp_path / "2" / f"s.{form.value}", form))
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_what_may_be_written_is_known_beforehand(balls, tmp_path):
    for form in MeshFormat:
        written = {p.name for p in write(balls, tmp_path, form)}
        assert written <= set(names_of_surfaces(f"s.{form.value}", form))
