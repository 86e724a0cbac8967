"""However a file stores its voxels, the patient's right is where the window says it is.

A phantom whose right, front and top are marked is stored in all 48 orientations, read as a
user's file, and painted by the real slice views; the marks are looked for in the pixels.
"""

from itertools import permutations, product

import nibabel
import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from ccsd_app.qt.slices.slice_view import SliceView
from ccsd_app.scene.planes import Plane
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.case_folder import load_case

SHAPE, SPACING_MM = (40, 48, 32), (1.0, 1.5, 2.0)
SIZE = 320
WHITE = 245
"""Brighter than any letter."""

MARKS = {Modality.FLAIR: (36, 24, 16), Modality.T1: (20, 43, 16), Modality.T1C: (20, 24, 29)}
"""Voxels near the right, the anterior and the superior end, each marked in one sequence."""


def code_of(axes, flips) -> str:
    """Towards which side each stored axis runs: `LPS` and the like."""
    return "".join("LPI"[a] if f else "RAS"[a] for a, f in zip(axes, flips, strict=True))


EVERY_ORIENTATION = [
    pytest.param(axes, flips, id=code_of(axes, flips))
    for axes in permutations(range(3))
    for flips in product((False, True), repeat=3)
]

EXPECTED = {
    (Plane.AXIAL, Modality.FLAIR): "left",
    (Plane.AXIAL, Modality.T1): "top",
    (Plane.CORONAL, Modality.FLAIR): "left",
    (Plane.CORONAL, Modality.T1C): "top",
    (Plane.SAGITTAL, Modality.T1): "left",
    (Plane.SAGITTAL, Modality.T1C): "top",
}
"""Radiological: the patient's right on the left; the nose of a sagittal slice on the left."""


def store(folder, axes, flips, *, turn=None):
    """Write the phantom with stored axis i running along world axis `axes[i]`, or against it."""
    world_from_voxel = np.diag([*SPACING_MM, 1.0])
    world_from_voxel[:3, 3] = -19.5, -35.0, -31.0
    if turn is not None:
        world_from_voxel[:3] = turn @ world_from_voxel[:3]
    orientation = np.array([[a, -1 if f else 1] for a, f in zip(axes, flips, strict=True)])
    names = {Modality.FLAIR: "flair", Modality.T1: "t1", Modality.T1C: "t1ce"}
    for modality, (x, y, z) in MARKS.items():
        array = np.zeros(SHAPE, np.float32)
        array[2:38, 2:46, 2:30] = 100
        array[x - 1 : x + 2, y - 1 : y + 2, z - 1 : z + 2] = 1000
        image = nibabel.Nifti1Image(array, world_from_voxel)
        wanted = nibabel.orientations.ornt_transform([[0, 1], [1, 1], [2, 1]], inverse(orientation))
        nibabel.save(image.as_reoriented(wanted), folder / f"{names[modality]}.nii.gz")
    return folder


def inverse(orientation):
    """nibabel counts from world to stored axes; ours is written from stored to world axes."""
    turned = np.zeros((3, 2))
    for stored, (world, sign) in enumerate(orientation):
        turned[stored] = world, sign
    return turned


def where_is_white(image: QImage) -> tuple[float, float]:
    """The middle of the white pixels, from −1 to 1 rightwards and downwards."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    y, x = np.nonzero((pixels > WHITE).all(axis=2))
    assert len(x) > 4, "the mark is not on the slice"
    return float(x.mean() / SIZE * 2 - 1), float(y.mean() / SIZE * 2 - 1)


def side_of(x: float, y: float) -> str:
    if abs(x) > abs(y):
        return "right" if x > 0 else "left"
    return "bottom" if y > 0 else "top"


def check(qtbot, case, *, mirrored=False):
    from dataclasses import replace

    state = replace(
        State().opened(case), show_crosshair=False, windows=dict.fromkeys(Modality, (0, 1000))
    )
    session = Session(replace(state, radiological=not mirrored))
    for (plane, modality), expected in EXPECTED.items():
        session.become(session.state.with_background(modality).with_cursor(marked(case, modality)))
        view = SliceView(session, plane)
        qtbot.addWidget(view)
        found = side_of(*where_is_white(view.image(QSize(SIZE, SIZE))))
        if mirrored and expected == "left" and plane is not Plane.SAGITTAL:
            expected = "right"
        assert found == expected, f"{modality.label} on the {plane.value} slice"


def marked(case, modality) -> tuple[int, int, int]:
    """A voxel of the mark, in the window's own grid."""
    x, y, z = np.argwhere(case.volumes[modality].array > 500).mean(axis=0).round().astype(int)
    return int(x), int(y), int(z)


@pytest.mark.parametrize(("axes", "flips"), EVERY_ORIENTATION)
def test_marks_are_painted_where_the_letters_say(qtbot, tmp_path, axes, flips):
    folder = store(tmp_path, axes, flips)
    stored = nibabel.load(folder / "flair.nii.gz")
    assert "".join(nibabel.aff2axcodes(stored.affine)) == code_of(axes, flips)
    case = load_case(folder)

    check(qtbot, case)
    check(qtbot, case, mirrored=True)


@pytest.mark.parametrize("degrees", [7, -12])
def test_oblique_volumes_are_shown_in_their_voxel_planes_and_say_so(qtbot, tmp_path, degrees):
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    case = load_case(store(tmp_path, (1, 0, 2), (True, False, True), turn=turn))

    check(qtbot, case)
    view = SliceView(Session(State().opened(case)), Plane.AXIAL)
    qtbot.addWidget(view)
    assert view.scene.oblique == f"oblique {abs(degrees)}°"
