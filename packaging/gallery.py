"""Draws every picture of the window into a folder, from a case, with the real window.

    python packaging/gallery.py OUT [CASE]        without a CASE: the bundled demo
    python packaging/gallery.py OUT --raw-only      only the pictures of a synthetic raw study
    python packaging/gallery.py OUT --dialogs-only  only quiz, batch, models, training, film, report

Needs a display; `make gallery` brings a virtual one.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from gallery_dialogs import draw_dialogs
from gallery_raw import draw_raw
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTabWidget, QToolButton, QWidget

from ccsd_app.benchmark.window_driver import WindowDriver
from ccsd_app.export.gif import write_gif
from ccsd_app.qt.exporting.film.shots import REMOVAL_S, stepwise_removal
from ccsd_app.qt.exporting.film.source import drawn_pictures
from ccsd_app.qt.help.keys_dialog import KeysDialog
from ccsd_app.qt.open_case.case_table import CaseTableDialog
from ccsd_app.qt.startup.application import Parts, assemble, make_application
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.scene.planes import Plane
from ccsd_app.session.display import ColourScheme, Cut, Layer, OverlayStyle, View3dSettings
from ccsd_app.session.guess import Answer, Guess
from ccsd_app.session.on_demand import CRITICALITY, DEGRADATION_CURVE, HD95, PROBABILITIES
from ccsd_app.session.requests import wanted_request
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.paths import PathKind
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.progress import drain
from ccsd_core.storage.demo import demo_case

SIZES = {"1280x800": (1280, 800), "1920x1080": (1920, 1080), "2560x1440": (2560, 1440)}
SETTLE_MS = 150
TIMEOUT_S = 1200
"""A raw study takes a minute to prepare on two idle cores."""
Change = Callable[[State], State]


class Gallery:
    """One window, brought into one state after another."""

    def __init__(self, parts: Parts, out: Path) -> None:
        self._parts = parts
        self._out = out
        self._driver = WindowDriver(parts.window, parts.session, timeout_s=TIMEOUT_S)

    def open(self, case: Path, *, pictures: bool = True) -> None:
        """Open the case and wait until every subset is computed and drawn."""
        if pictures:
            self.picture("empty", lambda state: state)
        self._parts.window.begin(case, model=None, device="cpu")
        self._driver.until(lambda: self._state.case is not None)
        if not pictures:
            return
        self.grab("loading", self._parts.window)
        self._driver.until(lambda: self._state.complete or bool(self._state.problem))
        if self._state.problem:
            sys.exit(self._state.problem)

    def picture(self, name: str, change: Change, *, large: QWidget | None = None) -> None:
        """Draw the window as `change` makes it, then bring it back."""
        before, views = self._state, self._parts.window.views
        self._parts.session.become(change(before))
        if large is not None:
            views.toggle_large(large)
        self._driver.until(lambda: self._settled)
        self.grab(name, self._parts.window)
        views.enlarge(None)
        now = self._state
        kept = replace(before.on_demand, values=now.on_demand.values)
        self._parts.session.become(
            replace(before, on_demand=kept, results=now.results, activity=now.activity)
        )

    def grab(self, name: str, widget: QWidget) -> None:
        """Draw a widget into `name.png`."""
        QTest.qWait(SETTLE_MS)
        path = self._out / f"{name}.png"
        if not widget.grab().save(str(path)):
            sys.exit(f"{path} could not be written")
        sys.stdout.write(f"{path}\n")

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Let the window work until something holds."""
        self._driver.until(condition)

    def wait_for_numbers(self) -> None:
        """Wait for what a panel asked the inference process for."""
        self._driver.until(
            lambda: not any(wanted_request(kind, self._state) for kind in (CRITICALITY, HD95))
        )

    def stepwise_removal(self, name: str, views: ViewsGrid, path: Sequence[ModalitySubset]) -> None:
        """Write an animation of a stepwise removal."""
        state, file = self._state, self._out / f"{name}.gif"
        film = drain(drawn_pictures(stepwise_removal(views, state, path), 1))
        frame_ms = round(1000 * REMOVAL_S)
        drain(write_gif(film.pictures, film.stamp, file, frame_ms=frame_ms, keep=film.keep))
        sys.stdout.write(f"{file}\n")

    @property
    def _state(self) -> State:
        return self._parts.session.state

    @property
    def _settled(self) -> bool:
        view3d = self._parts.window.views.view3d
        maps_there = wanted_request(PROBABILITIES, self._state) is None
        return maps_there and (view3d.up_to_date or not view3d.isVisible())


def without(*absent: Modality) -> Change:
    """Leave sequences out, as far as others remain."""

    def change(state: State) -> State:
        assert state.case is not None
        bits = state.case.available.bits & ~sum(1 << m for m in absent)
        return state.using(ModalitySubset(bits)) if bits else state

    return change


def draw(gallery: Gallery, parts: Parts, case: Path) -> None:
    """Every picture."""
    gallery.open(case)
    for name, size in SIZES.items():
        parts.window.resize(*size)
        gallery.picture(f"full_{name}", lambda state: state)
        gallery.picture(f"compare_{name}", _compared)
    parts.window.resize(1440, 900)
    no_t1c = without(Modality.T1C)
    gallery.picture("without_t1c", no_t1c)
    for layer in Layer:
        gallery.picture(
            f"layer_{layer.name.lower()}",
            lambda s, layer=layer: replace(no_t1c(s), layer=layer, region=Region.TC),
        )
    gallery.picture(
        "against_expert",
        lambda s: replace(no_t1c(s), layer=Layer.DIFFERENCE, against_reference=True),
    )
    gallery.picture(
        "outline_and_expert",
        lambda s: replace(s, overlay=OverlayStyle.OUTLINE, show_reference=True),
    )
    for scheme in ColourScheme:
        gallery.picture(
            f"colours_{scheme.name.lower()}",
            lambda s, scheme=scheme: replace(s, colours=scheme, layer=Layer.LABELS),
        )
    gallery.picture("neurological", lambda s: replace(s, radiological=False))
    views = parts.window.views
    gallery.picture("axial_large", lambda s: s, large=views.slices[Plane.AXIAL])
    for name, look in {
        "view3d_slices": View3dSettings(slices=True),
        "view3d_cut": View3dSettings(cut=Cut.AXIAL),
        "view3d_expert": View3dSettings(expert=True),
    }.items():
        gallery.picture(name, lambda s, look=look: replace(s, view3d=look), large=views.view3d)
    _draw_panels(gallery, parts)
    asked = Guess(on=True)
    gallery.picture("guess_asked", lambda s: replace(no_t1c(s), guess=asked))
    gallery.picture("guess_told", lambda s: _revealed(replace(no_t1c(s), guess=asked)))
    _draw_degraded(gallery, parts)
    _draw_tour(gallery, parts)
    parts.window.opener.show_table()
    for dialog in parts.window.findChildren(CaseTableDialog):
        gallery.wait_until(partial(_all_seen, dialog))
        gallery.grab("case_table", dialog)
        dialog.reject()
    keys = KeysDialog(parts.window)
    keys.show()
    gallery.grab("keys", keys)
    keys.close()
    parts.session.become(
        parts.session.state.with_problem(
            "patient_7 has no sequence: its images are a.nii.gz, b.nii.gz"
        )
    )
    gallery.grab("problem", parts.window)
    parts.session.become(replace(parts.session.state, problem=""))


def _all_seen(dialog: CaseTableDialog) -> bool:
    """Whether each file's picture is in the table."""
    return all(dialog.has_preview(image.part) for image in dialog.offer.images)


def _draw_panels(gallery: Gallery, parts: Parts) -> None:
    """Every tab on the right, what can be chosen in it, and a step of a stepwise removal."""
    window = parts.window
    tabs = window.findChild(QTabWidget, "subset_tabs")
    assert tabs is not None
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        name = tabs.tabText(index).lower().rstrip("?").replace(" ", "_")
        gallery.picture(f"tab_{name}", without(Modality.T1C, Modality.T2))
        for button in tabs.currentWidget().findChildren(QToolButton):
            kind = button.objectName()
            if kind.startswith(("measure_", "criticality_")) and button.isEnabled():
                button.click()
                gallery.wait_for_numbers()
                gallery.grab(f"tab_{kind}", window)
    tabs.setCurrentIndex(0)
    player = window.path_player
    player.choose(PathKind.GREATEST_LOSS)
    player.forward()
    player.forward()
    gallery.picture("walk_one_step", lambda state: state)
    path = player.view.path
    assert path is not None
    gallery.stepwise_removal("stepwise_removal", window.views, path.subsets)
    player.choose(None)


def _draw_degraded(gallery: Gallery, parts: Parts) -> None:
    """T1c without contrast agent and with noise, and the curve of the noise."""
    window, session = parts.window, parts.session

    def settled() -> bool:
        state = session.state
        return state.degradations == state.applied and state.complete

    if Modality.T1C not in session.state.available:
        return
    before = session.state.background
    session.become(session.state.with_background(Modality.T1C))
    window.right.show_degrading(on=True)
    for name, texts in {
        "degrade_dose": ["T1c:dose=5"] if Modality.T1 in session.state.available else [],
        "degrade_noise": ["T1c:noise=4"],
        "degrade_several": ["T1c:noise=2", "T1c:misregistration=3", "FLAIR:thick-slices=4"],
    }.items():
        fitting = [t for t in texts if Modality.parse(t.split(":")[0]) in session.state.available]
        session.become(session.state.degrading(Degradations.parse(fitting)))
        gallery.wait_until(settled)
        gallery.grab(name, window)
    session.become(session.state.degrading(Degradations.parse(["T1c:noise=4"])))
    gallery.wait_until(settled)
    for button, name in (("degrade_curve", "degrade_computing"), ("", "degrade_curve")):
        if button:
            found = window.findChild(QPushButton, button)
            assert found is not None
            found.click()
        else:
            gallery.wait_until(lambda: wanted_request(DEGRADATION_CURVE, session.state) is None)
        gallery.grab(name, window)
    session.become(session.state.degrading(Degradations()).with_background(before))
    window.right.show_degrading(on=False)
    gallery.wait_until(settled)


def _revealed(state: State) -> State:
    guess = state.guess.answered(state.used, Answer.JUST_SHOW, right=False)
    return replace(state, guess=guess)


def _draw_tour(gallery: Gallery, parts: Parts) -> None:
    """Every step, as one who only reads sees it."""
    tour = parts.window.teaching.tour
    tour.start()
    while tour.popup is not None:
        gallery.grab(f"tour_{tour.popup.number:02}", parts.window)
        tour.next_step()


def _compared(state: State) -> State:
    shown = without(Modality.T1C)(state)
    return replace(shown, side_by_side=True, layer=Layer.DIFFERENCE, region=Region.TC)


def main() -> None:
    """Parse the command line and draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("case", type=Path, nargs="?", help="a case; the bundled demo if not given")
    parser.add_argument("--raw-only", action="store_true", help="only those of a raw study")
    parser.add_argument("--dialogs-only", action="store_true", help="only those of other dialogs")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CCSD_CACHE"] = str(Path(folder, "cache"))
        os.environ["CCSD_SETTINGS"] = str(Path(folder, "settings.json"))
        make_application()
        parts = assemble()
        parts.window.resize(*SIZES["1280x800"])
        parts.window.show()
        gallery = Gallery(parts, arguments.out)
        if arguments.raw_only:
            gallery.open(demo_case(), pictures=False)
        elif arguments.dialogs_only:
            gallery.open(demo_case())
        else:
            draw(gallery, parts, arguments.case or demo_case())
        if not arguments.raw_only:
            draw_dialogs(gallery, parts, Path(folder), arguments.out)
        if not arguments.dialogs_only:
            draw_raw(gallery, parts, Path(folder))
        parts.window.close()


if __name__ == "__main__":
    main()
