"""What leaves the real window while one guesses is the same, whatever the hidden subsets found."""

import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QAction, QGuiApplication

from ccsd_app.qt.panels.curve_menu import CurveMenu
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_app.session.guess import Guess
from ccsd_app.session.hidden import hidden
from ccsd_app.session.on_demand import HD95, PROBABILITIES, ProbabilityMap
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

TIMEOUT_MS = 60_000
FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
needs_x = pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display (xvfb-run)")
FILES = ("label_map", "label_maps", "stl", "ply", "glb", "stepwise_removal", "tables", "numbers")
SLICES = ("picture_axial", "picture_sagittal", "picture_coronal")
IN_3D = ("picture_3d", "picture_window", "turntable")
CURVES = ("curve_png", "curve_svg", "curve_csv", "curve_copy_picture", "curve_copy_numbers")
ENTRIES = [*FILES, *SLICES, *(pytest.param(entry, marks=needs_x) for entry in IN_3D)]


@pytest.fixture
def guesser(desk):
    """A desk whose user has left T1c out, and must guess before anything of it shows."""
    at = desk()
    at.exporter.actions.set_scale(1)
    guess = Guess().switched(on=True, seen=FULL)
    state = replace(at.session.state.using(NO_T1C), guess=guess)
    at.session.become(planted(state, volume_ml=11.1, score=0.9))
    assert len(hidden(state)) == 14
    return at


def planted(state, *, volume_ml: float, score: float):
    """The state with made-up numbers, maps and distances, and another shape, of what is hidden."""
    away = hidden(state)
    size = int(volume_ml) // 10
    results = {
        subset: replace(
            result,
            nested_labels=np.full((size, size, size), 3, np.uint8),
            volumes_ml=dict.fromkeys(Region, volume_ml),
            dice=dict.fromkeys(Region, score),
            agreement=dict.fromkeys(Region, score),
        )
        if subset in away
        else result
        for subset, result in state.results.items()
    }
    for subset in away:
        found = ProbabilityMap(subset, np.full((3, 4, 4, 4), size, np.uint8), (9, 9, 8))
        state = state.with_answer(PROBABILITIES, subset, found)
        state = state.with_answer(HD95, subset, dict.fromkeys(Region, volume_ml))
    return replace(state, results=results)


def taken(at, name: str, take) -> dict[str, bytes]:
    """The files that an export writes, and what it leaves in the clipboard."""
    at.folder = at.folder.parent / name
    at.folder.mkdir()
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    take(at)
    at.wait()
    found = {path.name: path.read_bytes() for path in at.folder.iterdir()}
    if clipboard.text():
        found["copied text"] = clipboard.text().encode()
    if not clipboard.image().isNull():
        found["copied picture"] = rgb_of(clipboard.image()).tobytes()
    return found


def of_both(at, take) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What is written with the hidden results, and with others in their place."""
    one = taken(at, "one", take)
    at.session.become(planted(at.session.state, volume_ml=77.7, score=0.1))
    return one, taken(at, "other", take)


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_entry_of_the_menu_gives_away_what_is_hidden(guesser, entry):
    def take(at) -> None:
        if entry in IN_3D:
            at.wait_for_3d()
            at.qtbot.waitUntil(lambda: at.window.up_to_date, timeout=TIMEOUT_MS)
        at.choose(entry)

    one, other = of_both(guesser, take)

    assert one
    assert one == other
    assert not guesser.session.state.problem
    assert not [name for name in one if "_FLAIR+T1+T2_" in name]


@pytest.mark.parametrize("entry", CURVES)
def test_no_entry_over_the_curve_does(guesser, entry):
    menu = guesser.window.findChild(CurveMenu, "curve_menu")

    def take(at) -> None:
        menu.refresh()
        menu.findChild(QAction, entry).trigger()

    one, other = of_both(guesser, take)

    assert one
    assert one == other
    assert b"15 subsets" not in b"".join(one.values())


def test_the_copied_table_does_not(guesser):
    one, other = of_both(guesser, lambda at: at.exporter.copy_numbers())

    assert one
    assert one == other


@pytest.mark.parametrize("plane", ["axial", "coronal"])
def test_the_other_side_of_a_comparison_does_not(guesser, plane):
    pair = guesser.session.state.comparing(ModalitySubset.parse("FLAIR+T2"))
    guesser.session.become(replace(pair, side_by_side=True))
    guesser.qtbot.wait(50)

    one, other = of_both(guesser, lambda at: at.choose(f"picture_{plane}_B"))

    assert one
    assert one == other


def test_the_stepwise_removal_through_what_is_computed_leaves_out_what_is_hidden(guesser):
    guesser.choose("stepwise_removal")
    with Image.open(guesser.folder / "p_all_stepwise-removal.gif") as image:
        assert image.n_frames == 1
        assert f"subsets: {FULL}" in image.info["comment"].decode().splitlines()


def test_a_stepwise_removal_through_what_is_hidden_is_not_written(guesser):
    assert taken(guesser, "stepwise_removal", lambda at: at.exporter.animate([FULL, NO_T1C])) == {}
    assert "FLAIR + T1 + T2 is not computed yet" in guesser.session.state.problem
