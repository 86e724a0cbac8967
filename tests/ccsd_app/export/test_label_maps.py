"""Label maps read by nibabel: the shown regions, where the case's own files have them."""

import gzip
import json
from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import apply_orientation, io_orientation

from ccsd_app.export import label_maps as module
from ccsd_app.export.errors import ExportError
from ccsd_app.export.label_maps import label_map, label_maps
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import ModelInfo, State
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import BRATS2023, MSD, Region
from ccsd_core.errors import BadInputError
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case

PAIR = ModalitySubset.parse("FLAIR+T2")


def turned(degrees: float, spacing, *, mirrored: tuple[int, ...], order=(0, 1, 2)) -> np.ndarray:
    """An affine that is rotated about z and x, anisotropic, mirrored and with swapped axes."""
    angle = np.radians(degrees)
    c, s = np.cos(angle), np.sin(angle)
    about_z = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    signs = np.diag([-1.0 if axis in mirrored else 1.0 for axis in range(3)])
    affine = np.eye(4)
    affine[:3, :3] = (about_z @ about_x @ signs)[:, order] @ np.diag(spacing)
    affine[:3, 3] = 31.5, -44.25, 12.75
    return affine


AFFINES = {
    "plain": np.diag([1.0, 1.0, 1.0, 1.0]),
    "brats": np.array([[-1.0, 0, 0, 23], [0, -1, 0, 239], [0, 0, 1, 0], [0, 0, 0, 1]]),
    "oblique mirrored anisotropic": turned(14, (0.9, 1.3, 3.1), mirrored=(0,)),
    "oblique turned around": turned(9, (2.2, 0.8, 1.1), mirrored=(1, 2), order=(2, 0, 1)),
}


def state_of(case_path, *, scheme=None) -> State:
    """The case, opened, with a result for a pair of sequences that is its own labels, moved."""
    case = load_case(case_path, scheme=scheme) if scheme else load_case(case_path)
    regions = np.roll(case.reference_regions, (1, -2, 1), axis=(1, 2, 3))
    nested_labels = NestedLabels.around(regions.sum(axis=0, dtype=np.uint8))
    volumes = {r: float(regions[r].sum()) * case.grid.voxel_ml for r in Region}
    result = SubsetResult(
        PAIR, nested_labels.values, nested_labels.offset, volumes, None, None, 5.0
    )
    state = State().opened(case).using(PAIR).with_result(result)
    return replace(state, model=ModelInfo("fake", "0123456789abcdef", "cpu", frozenset()))


def regions_on_disk(state: State) -> np.ndarray:
    """The shown regions in the stored order of axes, found without the code under test."""
    result, case = state.result, state.case
    nested_labels = np.zeros(case.grid.shape, np.uint8)
    corner = result.offset_voxel
    nested_labels[
        tuple(slice(o, o + n) for o, n in zip(corner, result.nested_labels.shape, strict=True))
    ] = result.nested_labels
    found = np.zeros((3, *case.stored.shape), bool)
    inverse = np.linalg.inv(case.grid.world_from_voxel)
    stored = np.stack(np.meshgrid(*map(np.arange, case.stored.shape), indexing="ij"), axis=-1)
    world = stored @ case.stored.affine[:3, :3].T + case.stored.affine[:3, 3]
    voxel = np.rint(world @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
    values = nested_labels[tuple(np.moveaxis(voxel, -1, 0))]
    for region in Region:
        found[region] = values > region
    return found


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES)
def test_the_label_map_lies_on_the_grid_of_the_cases_files(brats_case, tmp_path, affine):
    small = brats_case(affine=affine)
    state = state_of(small.path)
    out = tmp_path / "out" / "map.nii.gz"

    paths = drain(label_map(state, PAIR, out))

    image = nib.load(out)
    source = nib.load(next(small.path.glob("*_flair.nii.gz")))
    labels = np.asarray(image.dataobj)
    assert paths == (out.with_name("map.json"), out)
    assert np.allclose(image.affine, source.affine, atol=1e-5)
    assert labels.dtype == np.uint8
    assert labels.shape == source.shape
    assert (labels > 0).any()
    assert (state.case.scheme.regions(labels) == regions_on_disk(state)).all()


def test_the_orientation_on_disk_is_not_the_windows(brats_case, tmp_path):
    """Else the test above would prove nothing."""
    case = state_of(brats_case(affine=AFFINES["oblique turned around"]).path).case
    turned_back = apply_orientation(case.grid.array, io_orientation(case.stored.affine))
    assert turned_back.shape != case.stored.shape
    assert case.grid.shape != case.stored.shape


@pytest.mark.parametrize("scheme", [BRATS2023, MSD], ids=lambda scheme: scheme.name)
def test_the_integers_are_those_of_the_cases_scheme(brats_case, tmp_path, scheme):
    state = state_of(brats_case("own", scheme=scheme).path, scheme=scheme)
    state = replace(state, case=replace(state.case, scheme=scheme))

    drain(label_map(state, PAIR, tmp_path / "map.nii"))

    labels = np.asarray(nib.load(tmp_path / "map.nii").dataobj)
    assert set(np.unique(labels)) == {0, scheme.oedema, scheme.necrosis, scheme.enhancing}
    assert (labels == scheme.enhancing).sum() == (state.result.nested_labels == 3).sum()


def test_the_sidecar_says_where_it_came_from_and_the_gzip_says_nothing(brats_case, tmp_path):
    state = state_of(brats_case().path)
    drain(label_map(state, PAIR, tmp_path / "map.nii.gz"))

    beside = json.loads((tmp_path / "map.json").read_text())
    assert beside["input"] == "input: FLAIR, T2 · T1, T1c withheld"
    assert beside["withheld"] == ["T1", "T1c"]
    assert beside["model"] == {"name": "fake", "sha256": "0123456789abcdef"}
    assert "not for diagnosis" in beside["disclaimer"]
    assert beside["labels"]["4"] == "enhancing tumour"
    assert beside["volumes_ml"]["WT"] == pytest.approx(state.result.volumes_ml[Region.WT])
    assert str(tmp_path) not in (tmp_path / "map.json").read_text()
    head = (tmp_path / "map.nii.gz").read_bytes()[:10]
    assert head[3] == 0  # no name
    assert head[4:8] == b"\0\0\0\0"  # no time
    assert gzip.decompress((tmp_path / "map.nii.gz").read_bytes())[344:348] == b"n+1\0"


def test_several_subsets_go_into_a_folder(full_state, tmp_path):
    subsets = ModalitySubset.every()

    paths = drain(label_maps(full_state, subsets, tmp_path / "maps"))

    images = {p.name for p in paths if p.suffix == ".gz"}
    assert len(paths) == 30
    assert len(images) == 15
    assert "phantom_FLAIR+T1c_labels.nii.gz" in images
    labels = np.asarray(nib.load(tmp_path / "maps/phantom_T1c_labels.nii.gz").dataobj)
    nested_labels = full_state.results[ModalitySubset.parse("T1c")].nested_labels
    assert (full_state.case.scheme.regions(labels).sum(axis=0) == nested_labels).all()


@pytest.mark.parametrize("step", [0, 1, 7, 15])
def test_a_cancelled_export_leaves_no_file_whenever_it_is_cancelled(full_state, tmp_path, step):
    steps = label_maps(full_state, ModalitySubset.every(), tmp_path / "maps")
    for _ in range(step + 1):
        next(steps)

    steps.close()

    assert list(tmp_path.iterdir()) == []


def test_a_subset_that_is_not_computed_is_reported_and_nothing_is_written(phantom_state, tmp_path):
    with pytest.raises(ExportError, match=r"FLAIR \+ T2 is not computed yet"):
        drain(label_map(phantom_state, PAIR, tmp_path / "out/map.nii.gz"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_case_is_never_replaced(brats_case):
    small = brats_case()
    before = {p: p.read_bytes() for p in small.path.iterdir()}
    own = next(small.path.glob("*_seg.nii.gz"))

    with pytest.raises(BadInputError, match="a file of the case itself"):
        drain(label_map(state_of(small.path), PAIR, own))

    assert {p: p.read_bytes() for p in small.path.iterdir()} == before


def test_another_ending_is_refused_with_the_way_out(full_state, tmp_path):
    with pytest.raises(BadInputError, match=r"must end in"):
        drain(label_map(full_state, PAIR, tmp_path / "map.txt"))


def test_a_label_map_that_cannot_be_written_leaves_nothing(full_state, tmp_path, monkeypatch):
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_json", full_disk)
    with pytest.raises(Exception, match="No space left"):
        drain(label_map(full_state, PAIR, tmp_path / "out/map.nii.gz"))
    assert list(tmp_path.iterdir()) == []


def test_the_result_of_another_patient_of_that_name_is_not_replaced(brats_case, tmp_path):
    one = state_of(brats_case("P1", under=tmp_path / "a", seed=1).path)
    other = state_of(brats_case("P1", under=tmp_path / "b", seed=2).path)
    place = tmp_path / "out" / "labels.nii.gz"
    drain(label_map(one, PAIR, place))
    before = place.read_bytes()

    with pytest.raises(BadInputError, match=r"labels\.nii\.gz is the result of other images"):
        drain(label_map(other, PAIR, place))
    assert place.read_bytes() == before
    drain(label_map(one, PAIR, place))  # its own is replaced
