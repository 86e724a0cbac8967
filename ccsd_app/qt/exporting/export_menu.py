"""The Export button and its menu (Ctrl+E).

Export ▾   Label map of what is shown… · Label maps of all subsets…
           Label maps on the slices of every sequence…
           DICOM ▸ segmentation · picture of the views
           Surfaces ▸ STL · PLY · GLB
           Picture ▸ each view · window   scale
           Film ▸ turntable · stepwise removal · bookmarks · degradation sweep
           Numbers as CSV… · as JSON…
           Report as PDF ▸ A4 · Letter
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ccsd_app.export.surfaces.mesh_files import MeshFormat
from ccsd_app.qt.widgets.choice_button import Choices, MenuButton, add_entry, add_submenu
from ccsd_app.qt.widgets.icons import icon
from ccsd_app.viewmodel.exporting.export_menu import NO_BOOKMARKS, ExportOffer
from ccsd_app.viewmodel.panels.degrade.degrade_panel import Sweep

SCALES = (1, 2, 3, 4)
MESH_TEXTS = {
    MeshFormat.STL: "STL (one file per region)…",
    MeshFormat.PLY: "PLY (with colours)…",
    MeshFormat.GLB: "GLB (for slides and the web)…",
}

PAPER_TEXTS = {"a4": "A4…", "letter": "Letter…"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A view that can be saved as a picture.

    Args:
        name: Name of the entry, for tests and accessibility.
        text: Text of the entry.
        refused: Why it cannot be saved; "" if it can.
        save: Asks for the file and saves the picture.
    """

    name: str
    text: str
    refused: str
    save: Callable[[], None]


@dataclass(frozen=True, slots=True)
class ExportActions:
    """The functions that the entries call.

    Args:
        offer: Returns what can be exported now.
        pictures: Returns the pictures that can be saved now.
        label_map: Save the label map of the current subset.
        label_maps: Save the label maps of all computed subsets.
        sequence_maps: Save the label map of the current subset on every sequence's grid.
        dicom_seg: Save the current subset as DICOM-SEG.
        capture: Save the views as secondary capture.
        comparing: Returns whether two subsets are compared.
        surfaces: Save the surfaces of the current subset.
        turntable: Save a film of the 3-D view.
        no_turntable: Returns why that is not possible; "" if it is.
        stepwise_removal: Save a film through the computed subsets, largest first.
        bookmarks: Save a film or slides of the bookmarks.
        sweep: Returns which degradation sweep can be saved.
        degradation_sweep: Saves it as a film.
        tables: Save all numbers as CSV.
        numbers: Save all numbers as JSON.
        report: Save the report as PDF, on `a4` or `letter`.
        scale: Returns the pixels of a picture per pixel of the window.
        set_scale: Sets that scale.
    """

    offer: Callable[[], ExportOffer]
    pictures: Callable[[], Sequence[Picture]]
    label_map: Callable[[], None]
    label_maps: Callable[[], None]
    sequence_maps: Callable[[], None]
    dicom_seg: Callable[[], None]
    capture: Callable[[], None]
    comparing: Callable[[], bool]
    surfaces: Callable[[MeshFormat], None]
    turntable: Callable[[], None]
    no_turntable: Callable[[], str]
    stepwise_removal: Callable[[], None]
    bookmarks: Callable[[], None]
    sweep: Callable[[], Sweep]
    degradation_sweep: Callable[[], None]
    tables: Callable[[], None]
    numbers: Callable[[], None]
    report: Callable[[str], None]
    scale: Callable[[], int]
    set_scale: Callable[[int], None]


class ExportMenu(MenuButton):
    """Holds no state: whenever the menu is shown, it asks what can be exported.

    Args:
        actions: The functions that the entries call.
        parent: The window; Ctrl+E works everywhere in it, even if a narrow toolbar hides the
            button.
    """

    def __init__(self, actions: ExportActions, parent: QWidget | None = None) -> None:
        super().__init__(
            "Export",
            "export",
            "Export label maps, surfaces, pictures, films or numbers (Ctrl+E)",
            parent,
        )
        self._actions = actions
        self.setIcon(icon("export"))
        menu = self.choices_menu
        menu.setObjectName("export_menu")
        menu.setToolTipsVisible(True)
        text = "Label map of the current prediction…"
        self._label_map = add_entry(menu, text, "label_map", actions.label_map)
        self._label_maps = add_entry(menu, "", "label_maps", actions.label_maps)
        text = "Label maps on the slices of every sequence…"
        self._sequence_maps = add_entry(menu, text, "sequence_maps", actions.sequence_maps)
        self._dicom = add_submenu(menu, "DICOM", "dicom")
        text = "Segmentation of the current prediction (DICOM-SEG)…"
        self._dicom_seg = add_entry(self._dicom, text, "dicom_seg", actions.dicom_seg)
        self._capture = add_entry(self._dicom, "", "secondary_capture", actions.capture)
        menu.addSeparator()
        self._surfaces = add_submenu(menu, "Surfaces of the current prediction", "surfaces")
        for form, text in MESH_TEXTS.items():
            add_entry(self._surfaces, text, form.value, lambda form=form: actions.surfaces(form))
        self._pictures = add_submenu(menu, "Picture", "pictures")
        self._animations = add_submenu(menu, "Film or slides", "moving")
        text = "Turntable of the 3-D view…"
        self._turntable = add_entry(self._animations, text, "turntable", actions.turntable)
        self._removal = add_entry(
            self._animations, "", "stepwise_removal", actions.stepwise_removal
        )
        self._bookmarks = add_entry(self._animations, "", "bookmark_film", actions.bookmarks)
        self._sweep = add_entry(self._animations, "", "sweep_film", actions.degradation_sweep)
        self._scales = add_submenu(menu, "Resolution", "scales")
        sizes = [(scale, f"{scale}×", _scale_hint(scale)) for scale in SCALES]
        self._sizes = Choices(self._scales, sizes, actions.set_scale)
        menu.addSeparator()
        self._tables = add_entry(menu, "All numbers as CSV…", "tables", actions.tables)
        self._numbers = add_entry(menu, "All numbers as JSON…", "numbers", actions.numbers)
        self._report = add_submenu(menu, "Report (PDF)", "report")
        for paper, text in PAPER_TEXTS.items():
            name = f"report_{paper}"
            add_entry(self._report, text, name, lambda paper=paper: actions.report(paper))
        menu.aboutToShow.connect(self.refresh)
        QShortcut(QKeySequence("Ctrl+E"), parent or self).activated.connect(self.pop_up)
        self.refresh()

    def pop_up(self) -> None:
        """Show the menu under its button, or in the window's corner if there is no room."""
        below = QPoint(0, self.height())
        place = self if self.isVisible() else self.window()
        self.choices_menu.popup(place.mapToGlobal(below))
        enabled = [entry for entry in self.choices_menu.actions() if entry.isEnabled()]
        self.choices_menu.setActiveAction(enabled[0] if enabled else self._label_map)

    def refresh(self) -> None:
        """Update which entries are enabled, and why the others are not."""
        offer, actions = self._actions.offer(), self._actions
        _enable_unless(self._label_map, offer.shown)
        self._label_maps.setText(f"Label maps of all computed subsets ({offer.count})…")
        _enable_unless(self._label_maps, offer.computed)
        _enable_unless(self._sequence_maps, offer.sequences)
        _enable_unless(self._dicom_seg, offer.dicom_seg)
        views = "Comparison" if actions.comparing() else "The views"
        self._capture.setText(f"{views} as secondary capture…")
        _enable_unless(self._capture, offer.capture)
        _enable_unless(self._dicom.menuAction(), offer.capture)
        _enable_unless(self._surfaces.menuAction(), offer.shown)
        _enable_unless(self._turntable, offer.shown or actions.no_turntable())
        self._removal.setText(f"Stepwise removal, {offer.steps} subsets…")
        _enable_unless(self._removal, offer.computed)
        marks = f"{offer.bookmarks} bookmark{'s' * (offer.bookmarks != 1)}"
        self._bookmarks.setText(f"Bookmarks ({marks})…" if offer.bookmarks else "Bookmarks…")
        _enable_unless(self._bookmarks, offer.computed or NO_BOOKMARKS * (not offer.bookmarks))
        sweep = actions.sweep()
        about = f": {sweep.title}" if sweep.title else ""
        self._sweep.setText(f"Degradation sweep{about}…")
        _enable_unless(self._sweep, offer.computed or sweep.refused)
        _enable_unless(self._animations.menuAction(), offer.computed)
        for entry in (self._tables, self._numbers):
            _enable_unless(entry, offer.computed)
        _enable_unless(self._report.menuAction(), offer.shown)
        self._pictures.clear()
        for picture in actions.pictures():
            name = f"picture_{picture.name}"
            entry = add_entry(self._pictures, picture.text, name, picture.save)
            _enable_unless(entry, offer.picture or picture.refused)
        _enable_unless(self._pictures.menuAction(), offer.picture)
        self._sizes.show(actions.scale())


def _enable_unless(entry: QAction, refused: str) -> None:
    entry.setEnabled(not refused)
    entry.setToolTip(refused or entry.text().rstrip("…"))


def _scale_hint(scale: int) -> str:
    return "Screen resolution" if scale == 1 else f"{scale} times the screen resolution"
