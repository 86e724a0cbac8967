"""Label maps of other patients, laid into a brain: place, patients left out, and bad files."""

import numpy as np
import pytest

from ccsd_core.data.mixing import draw_mixed, read_pool
from ccsd_core.data.mixing.real_patient import PoolError
from ccsd_core.data.mixing.shape_library import ShapeLibrary, read_shapes
from ccsd_core.data.synthetic.patient import draw_patient
from ccsd_core.data.synthetic.writer import write_patient
from ccsd_core.progress import drain

COARSE_MM = 4.0
ID = "BraTS20_Training_007"
SAME_PATIENT = "Brats18_CBICA_ABM_1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    data = tmp_path_factory.mktemp("real")
    for seed, id in ((7, "A_001"), (13, "B_002")):
        patient = draw_patient(seed, spacing_mm=COARSE_MM, healthy=0.0, randomised=0.0)
        write_patient(data / id, patient)
    return data


@pytest.fixture(scope="module")
def host(folder):
    return next(iter(drain(read_pool(folder, spacing_mm=COARSE_MM)).patients.values()))


def map_with_cube_at(share) -> np.ndarray:
    """A map of 64³ with necrosis in oedema, its middle at these shares of the (LPS) volume."""
    labels = np.zeros((64, 64, 64), np.uint8)
    x, y, z = (round(s * 64) for s in share)
    labels[x - 5 : x + 5, y - 5 : y + 5, z - 5 : z + 5] = 2
    labels[x - 2 : x + 2, y - 2 : y + 2, z - 2 : z + 2] = 1
    return labels


def brain_share(host, labels) -> np.ndarray:
    """Middle of the labels in the box of the brain, 0 to 1 along x, y, z."""
    inside, sick = np.argwhere(host.head.brain), np.argwhere(labels > 0)
    low, high = inside.min(0), inside.max(0) + 1
    return (sick.mean(0) + 0.5 - low) / (high - low)


def saved(path, **maps):
    np.savez(path, **maps)
    return path


def test_a_map_keeps_its_place_in_the_brain_and_its_side(host):
    # LPS: the larger the first index, the further left
    middle = (1 - 121.5 / 240, 1 - 111.5 / 240, 71 / 155)
    left = (middle[0] + 0.12, middle[1], middle[2])
    library = ShapeLibrary({"middle": map_with_cube_at(middle), "left": map_with_cube_at(left)})

    centred, aside = (library.on(host, id) for id in ("middle", "left"))

    assert brain_share(host, centred.labels) == pytest.approx([0.5, 0.5, 0.5], abs=0.05)
    # 0.12 of 240 mm over a brain of 135 mm; RAS: left has the smaller index
    assert brain_share(host, aside.labels)[0] == pytest.approx(0.5 - 0.12 * 240 / 135, abs=0.05)
    assert set(np.unique(centred.labels)) == {0, 1, 2}
    assert not aside.labels[~host.head.brain].any()
    assert aside.sources == ("left",)


def test_patients_are_left_out_of_the_library_under_any_name(tmp_path):
    file = saved(
        tmp_path / "maps.npz",
        **{ID: map_with_cube_at((0.5, 0.5, 0.5)), "X_1": map_with_cube_at((0.5, 0.5, 0.5))},
    )

    library = read_shapes(file)

    assert set(library.maps) == {ID, "X_1"}
    assert set(library.without(SAME_PATIENT).maps) == {"X_1"}
    with pytest.raises(PoolError, match="no label map is left"):
        library.without(SAME_PATIENT, "X_1")


def test_a_patient_of_the_library_alone_can_be_left_out_of_the_pool(tmp_path, folder):
    cube = map_with_cube_at((0.5, 0.5, 0.5))
    file = saved(tmp_path / "maps.npz", **{ID: cube, "X_1": cube})

    pool = drain(read_pool(folder, spacing_mm=COARSE_MM, leave_out=[SAME_PATIENT], shapes=file))

    assert pool.shapes is not None
    assert set(pool.shapes.maps) == {"X_1"}
    with pytest.raises(PoolError, match="no case 'X_2'"):
        drain(read_pool(folder, spacing_mm=COARSE_MM, leave_out=["X_2"], shapes=file))


def test_painted_patients_take_shapes_of_the_library_and_name_them(tmp_path, folder):
    file = saved(tmp_path / "maps.npz", **{ID: map_with_cube_at((0.42, 0.5, 0.5))})
    pool = drain(read_pool(folder, spacing_mm=COARSE_MM, shapes=file))

    drawn = [draw_mixed(seed, pool, recipe="shaped") for seed in range(4)]

    of_library = [p for p in drawn if ID in p.sources]
    assert len(of_library) >= 2
    assert all((p.labels > 0).any() for p in of_library)
    again = draw_mixed(0, pool, recipe="shaped")
    assert np.array_equal(again.labels, drawn[0].labels)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.full((8, 8, 8), 3, np.uint8), r"labels \[3\]"),
        (np.zeros((8, 8), np.uint8), r"shape \(8, 8\) of uint8"),
        (np.zeros((8, 8, 8), np.float32), "of float32"),
    ],
)
def test_what_is_no_label_map_is_refused_by_its_id(tmp_path, array, message):
    with pytest.raises(PoolError, match=message) as error:
        read_shapes(saved(tmp_path / "maps.npz", case_9=array))
    assert "'case_9'" in str(error.value)


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "maps.npz").write_text("no")
    with pytest.raises(PoolError, match=r"maps\.npz contains no label maps"):
        read_shapes(tmp_path / "maps.npz")
