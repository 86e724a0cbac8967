"""The toolbar: opening, what is drawn behind and over, orientation, keys."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolBar, QToolButton, QWidget

from ccsd_app.qt.labels import label
from ccsd_app.viewmodel.toolbar import Toolbar, ToolbarModel
from ccsd_core.domain.modality import Modality


@dataclass(frozen=True, slots=True)
class Actions:
    """What the toolbar asks of the window."""

    open_folder: Callable[[], None]
    open_files: Callable[[], None]
    show_keys: Callable[[], None]


class ToolbarWidget(QToolBar):
    """Holds no state: it draws what the view-model says."""

    def __init__(
        self, model: ToolbarModel, actions: Actions, parent: QWidget | None = None
    ) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._add("Open folder…", "open_folder", "open a case folder (Ctrl+O)", actions.open_folder)
        self._add(
            "Open files…", "open_files", "choose the file of each sequence", actions.open_files
        )
        self.addSeparator()
        self.addWidget(label("Background ", role="dim"))
        self._backgrounds: dict[Modality, QToolButton] = {}
        for modality in Modality:
            button = self._backgrounds[modality] = self._add(
                modality.label,
                f"background_{modality.name}",
                f"draw slices of {modality.label} (Shift+{modality + 1}); "
                "what the network is given does not change",
                partial(model.draw_over, modality),
                checkable=True,
            )
            button.setAccessibleName(f"background {modality.label}")
        self.addSeparator()
        self._overlay = self._add(
            "Overlay",
            "overlay",
            "show or hide the regions (S)",
            model.toggle_overlay,
            checkable=True,
        )
        self._outline = self._add(
            "Outline", "outline", "regions as outlines (O)", model.toggle_outline, checkable=True
        )
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setObjectName("opacity")
        self._opacity.setAccessibleName("overlay opacity")
        self._opacity.setToolTip("overlay opacity ([ and ])")
        self._opacity.setRange(10, 100)
        self._opacity.setFixedWidth(80)
        self._opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._opacity.valueChanged.connect(model.set_opacity_percent)
        self.addWidget(self._opacity)
        self._reference = self._add(
            "Expert outline", "reference", "", model.toggle_reference, checkable=True
        )
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self._convention = self._add(
            "",
            "convention",
            "switch between radiological and neurological display",
            model.toggle_radiological,
        )
        self._add("Keys ?", "keys", "keyboard and mouse (?)", actions.show_keys)
        self._model = model
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _add(
        self,
        text: str,
        name: str,
        hint: str,
        clicked: Callable[[], None],
        *,
        checkable: bool = False,
    ) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setObjectName(name)
        button.setToolTip(hint)
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda *_: clicked())
        self.addWidget(button)
        return button

    def _show(self, toolbar: Toolbar) -> None:
        for modality, button in self._backgrounds.items():
            button.setEnabled(modality in toolbar.backgrounds)
            button.setChecked(toolbar.case_open and modality is toolbar.background)
        self._overlay.setChecked(toolbar.show_overlay)
        self._outline.setChecked(toolbar.outline)
        with QSignalBlocker(self._opacity):
            self._opacity.setValue(toolbar.opacity_percent)
        self._reference.setEnabled(toolbar.reference_there)
        self._reference.setChecked(toolbar.reference_there and toolbar.reference_shown)
        self._reference.setToolTip(
            "the expert's outline, white and dashed (E)"
            if toolbar.reference_there
            else "this case has no expert labels"
        )
        self._convention.setText(
            "RADIOLOGICAL · image left = patient right"
            if toolbar.radiological
            else "NEUROLOGICAL · image left = patient left"
        )
