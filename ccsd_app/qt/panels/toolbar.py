"""The toolbar: opening, exporting, background, overlay, comparison, display settings.

open ▾ · export ▾ · ↶ ↷ │ background FLAIR … · window ▾ │ overlay ▾ · outline · ▭ ·
expert │ compare · view ▾ ················ RADIOLOGICAL │ help ▾
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolBar, QToolButton, QWidget

from ccsd_app.qt.widgets.choice_button import Choices, MenuButton, add_entry
from ccsd_app.qt.widgets.flat_button import flat_button, one_of
from ccsd_app.qt.widgets.icons import icon, icon_size
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.text_size import follow_text_size
from ccsd_app.scene.slices.window_presets import WindowPreset
from ccsd_app.session.display import ColourScheme, Layer, MousePreset
from ccsd_app.viewmodel.panels.toolbar import Toolbar, ToolbarModel
from ccsd_app.viewmodel.panels.undo import UndoModel, UndoNames
from ccsd_core.domain.modality import Modality

NARROW = 1360
"""Below this width, in pixels, some texts are replaced by icons."""
OVERLAY_HIDDEN = "No overlay"
LAYER_HINTS = {
    Layer.REGIONS: "Show the nested regions WT, TC and ET",
    Layer.LABELS: "Show the labels ED, NCR and ET",
    Layer.PROBABILITY: "Show the predicted probability of one region",
    Layer.UNCERTAINTY: "Show where the model is uncertain between background, ED, NCR and ET",
    Layer.DIFFERENCE: "Show where one region differs from another subset or the expert (D)",
    Layer.CONSENSUS: "Show in how many subsets a voxel belongs to one region",
}
SCHEME_HINTS = {
    ColourScheme.OKABE_ITO: "Okabe and Ito's: told apart with protan, deutan and tritan vision",
    ColourScheme.BRATS: "Green and blue are hard to tell apart with tritan vision",
    ColourScheme.ITK_SNAP: "Green and yellow are hard to tell apart with protan vision",
}
MOUSE_HINTS = {
    MousePreset.ITK_SNAP: "Left: crosshair, middle: pan, right: zoom, wheel: slice",
    MousePreset.PACS: "Left: window and level, middle: pan, right: zoom, wheel: slice",
}


class ToolbarWidget(QToolBar):
    """Holds no state: it draws its view-model.

    Args:
        model: The view-model.
        opening: The menu that opens cases.
        exporting: The Export menu.
        helping: The Help menu.
        undo: The view-model of the Undo and Redo buttons.
        fit: Fits the slices into their views.
        preferences: Shows the Preferences dialog.
        models: Shows the dialog of the models.
        degrade: Shows or hides the panel that degrades sequences.
        to_tumour: Moves the crosshair to the tumour, or says why not.
    """

    def __init__(
        self,
        model: ToolbarModel,
        opening: QToolButton,
        exporting: QToolButton,
        helping: QToolButton,
        *,
        undo: UndoModel,
        fit: Callable[[], None],
        preferences: Callable[[], None],
        models: Callable[[], None],
        degrade: Callable[[], None],
        to_tumour: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        follow_text_size(self, lambda: self.setIconSize(icon_size()))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._model = model
        self.addWidget(opening)
        self.addWidget(exporting)
        self._undo = self._add("", "undo", "Undo", undo.undo, "undo", checkable=False)
        self._redo = self._add("", "redo", "Redo", undo.redo, "redo", checkable=False)
        for button in (self._undo, self._redo):
            button.setProperty("role", "icon")
        undo.changed.connect(self._show_undo)
        self._show_undo(undo.shown)
        self.addSeparator()
        self._add_background()
        self.addSeparator()
        self._add_overlay()
        self.addSeparator()
        hint = "Go to the tumour (G)"
        self._target = self._add("", "to_tumour", hint, to_tumour, "target", checkable=False)
        self._target.setProperty("role", "icon")
        hint = "Compare two subsets side by side (C)"
        self._compare = self._add("Compare", "compare", hint, model.toggle_side_by_side, "compare")
        self._add_view_menu(fit, preferences, models, degrade)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self._convention = self._add(
            "",
            "convention",
            "Switch between radiological (patient's right on the left) and "
            "neurological display (patient's right on the right)",
            model.toggle_radiological,
            checkable=False,
        )
        self.addWidget(helping)
        more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if more is not None:  # Qt's own overflow icon is dark on dark
            more.setIcon(icon("more"))
            more.setToolTip("Show more tools, for example Help")
            more.setAccessibleName("More tools")
        self._more = more
        for button in self.findChildren(QToolButton):
            if button.menu() is not None:
                button.menu().triggered.connect(self._on_chosen)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_texts(narrow=event.size().width() < NARROW)
        if event.size().width() != event.oldSize().width():
            self.close_second_row()  # otherwise it would stay open invisibly when everything fits

    def _fit_texts(self, *, narrow: bool) -> None:
        """In a narrow window, hide texts that icons and tooltips also give."""
        self._background_label.setVisible(not narrow)
        with_text = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        only_icon = Qt.ToolButtonStyle.ToolButtonIconOnly
        self._compare.setToolButtonStyle(only_icon if narrow else with_text)

    def close_second_row(self) -> bool:
        """Close the second row of tools that do not fit; returns whether it was open."""
        if self._more is None or not self._more.isChecked():
            return False
        self._more.click()
        return True

    def _on_chosen(self, *_: object) -> None:
        """Close the second row after a choice; Qt would leave it open until the mouse moves."""
        self.close_second_row()

    def _add_background(self) -> None:
        model = self._model
        background_label = label("Background", role="dim")
        background_label.setToolTip("Sequence shown as background")
        self._background_label = self.addWidget(background_label)
        self._backgrounds: dict[Modality, QToolButton] = {}
        for modality in Modality:
            button = self._backgrounds[modality] = self._add(
                modality.label,
                f"background_{modality.name}",
                f"Show {modality.label} as background (Shift+{modality + 1}); "
                "the input of the model does not change",
                partial(model.set_background, modality),
            )
            button.setAccessibleName(f"Background {modality.label}")
        one_of(self._backgrounds.values(), self)
        self._window = MenuButton("", "window", "Set window and level of the background")
        self._window.setIcon(icon("window"))
        entries = [(preset, preset.value, "") for preset in WindowPreset]
        self._presets = Choices(self._window.choices_menu, entries, model.set_window_preset)
        self._window.choices_menu.addSeparator()
        self._window_tool = self._tick(
            self._window, "Set with the left mouse button (W)", model.toggle_window_tool
        )
        self.addWidget(self._window)

    def _add_overlay(self) -> None:
        model = self._model
        self._overlay = MenuButton("", "overlay", "Choose what is drawn over the slices (S, L)")
        self._overlay.setIcon(icon("overlay"))
        self._show_overlay = self._tick(self._overlay, "Show overlay (S)", model.toggle_overlay)
        self._show_overlay.setObjectName("show_overlay")
        self._overlay.choices_menu.addSeparator()
        entries = [(layer, layer.value, LAYER_HINTS[layer]) for layer in Layer]
        self._layers = Choices(self._overlay.choices_menu, entries, model.show_layer)
        self._overlay.setText(max((layer.value for layer in Layer), key=len))
        self._overlay.setMinimumWidth(
            self._overlay.sizeHint().width() + 8
        )  # so that the layout does not change later
        self.addWidget(self._overlay)
        self._outline = self._add(
            "Outline", "outline", "Draw regions as outlines (O)", model.toggle_outline
        )
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setObjectName("opacity")
        self._opacity.setAccessibleName("Overlay opacity")
        self._opacity.setToolTip("Set the overlay opacity ([ and ])")
        self._opacity.setRange(10, 100)
        self._opacity.setFixedWidth(64)
        self._opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._opacity.valueChanged.connect(model.set_opacity_percent)
        self.addWidget(self._opacity)
        self._reference = self._add("Expert", "reference", "", model.toggle_reference)

    def show_degrading(self, *, on: bool) -> None:
        """Tick whether the panel that degrades sequences is open."""
        self._degrade.setChecked(on)

    def _add_view_menu(
        self,
        fit: Callable[[], None],
        preferences: Callable[[], None],
        models: Callable[[], None],
        degrade: Callable[[], None],
    ) -> None:
        model = self._model
        self._view = MenuButton("View", "view", "Set crosshair, colours and mouse")
        menu = self._view.choices_menu
        fitting = QAction("Fit slices (F)", menu)
        fitting.triggered.connect(lambda *_: fit())
        menu.addAction(fitting)
        self._degrade = self._tick(self._view, "Degrade a sequence…\tCtrl+D", degrade)
        self._degrade.setObjectName("degrade_a_sequence")
        self._degrade.setToolTip(
            "Simulate noise, motion or less contrast agent, and see the result"
        )
        self._crosshair = self._tick(self._view, "Crosshair (X)", model.toggle_crosshair)
        self._prepare = self._tick(
            self._view, "Prepare raw cases when they are opened", model.toggle_prepare
        )
        self._prepare.setObjectName("prepare_raw_cases")
        menu.addSection("Colours")
        schemes = [(scheme, scheme.value, SCHEME_HINTS[scheme]) for scheme in ColourScheme]
        self._schemes = Choices(menu, schemes, model.set_colours)
        menu.addSection("Mouse")
        mice = [(mouse, mouse.value, MOUSE_HINTS[mouse]) for mouse in MousePreset]
        self._mice = Choices(menu, mice, model.set_mouse)
        menu.addSeparator()
        entry = add_entry(menu, "Models…", "show_models", models)
        entry.setToolTip("Models with their scores and cards; use another one for the open case")
        add_entry(menu, "Preferences…\tCtrl+,", "show_preferences", preferences)
        self.addWidget(self._view)

    def _tick(self, button: MenuButton, text: str, toggle: Callable[[], None]) -> QAction:
        action = QAction(text, button.choices_menu)
        action.setCheckable(True)
        action.triggered.connect(lambda *_: toggle())
        button.choices_menu.addAction(action)
        return action

    def _add(
        self,
        text: str,
        name: str,
        hint: str,
        clicked: Callable[[], None],
        picture: str = "",
        *,
        checkable: bool = True,
    ) -> QToolButton:
        button = flat_button(text, name, hint, clicked, picture=picture, checkable=checkable)
        self.addWidget(button)
        return button

    def _show_undo(self, shown: UndoNames) -> None:
        for button, word, name, key in (
            (self._undo, "Undo", shown.undo, "Ctrl+Z"),
            (self._redo, "Redo", shown.redo, "Ctrl+Shift+Z"),
        ):
            button.setEnabled(bool(name))
            button.setToolTip(f"{word}: {name} ({key})" if name else f"Nothing to {word.lower()}")
            button.setAccessibleName(f"{word}: {name}" if name else word)

    def _show(self, toolbar: Toolbar) -> None:
        for modality, button in self._backgrounds.items():
            button.setEnabled(modality in toolbar.backgrounds)
            button.setChecked(toolbar.case_open and modality is toolbar.background)
        self._window.setEnabled(toolbar.case_open)
        preset = self._presets.show(toolbar.preset)
        self._window.setToolTip(f"Set window and level of the background: {preset or 'custom'}")
        self._window_tool.setChecked(toolbar.window_tool)
        self._show_overlay.setChecked(toolbar.show_overlay)
        layer = self._layers.show(toolbar.layer)
        self._overlay.setText(layer if toolbar.show_overlay else OVERLAY_HIDDEN)
        self._outline.setChecked(toolbar.outline)
        self._outline.setEnabled(toolbar.outline_enabled)
        with QSignalBlocker(self._opacity):
            self._opacity.setValue(toolbar.opacity_percent)
        has_reference = not toolbar.reference_absence
        self._reference.setEnabled(has_reference)
        self._reference.setChecked(has_reference and toolbar.reference_shown)
        self._reference.setToolTip(
            toolbar.reference_absence or "Show or hide the outlines of the expert labels (E)"
        )
        self._target.setEnabled(toolbar.case_open)
        self._compare.setEnabled(toolbar.case_open)
        self._compare.setChecked(toolbar.side_by_side)
        self._crosshair.setChecked(toolbar.show_crosshair)
        self._prepare.setChecked(toolbar.prepare)
        self._schemes.show(toolbar.colours)
        self._mice.show(toolbar.mouse)
        self._convention.setText("Radiological" if toolbar.radiological else "Neurological")
