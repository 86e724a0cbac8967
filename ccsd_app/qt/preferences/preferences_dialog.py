"""The Preferences dialog: some settings apply immediately, others after a restart.

IMMEDIATELY                 AFTER A RESTART
mouse · theme · text · …    device · threads · memory · labels · model
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.engine.result_cache import ResultCache
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.qt.widgets.theme import ThemeName
from ccsd_app.session.display import ColourScheme, MousePreset, member_named
from ccsd_app.session.state import State
from ccsd_app.settings import Settings
from ccsd_core.domain.region import SCHEMES
from ccsd_core.errors import CcsdError
from ccsd_core.storage.models.find import describe_model

DEVICES = ("auto", "cpu", "cuda")
LEAST_MEMORY_MB = 2000
"""With less memory, the model cannot be loaded."""
Member = TypeVar("Member", bound=Enum)


class PreferencesDialog(QDialog):
    """Asks for preferences; `settings` and `applied` give what was chosen.

    Args:
        settings: The current preferences.
        state: The state with the current display settings.
        cache: The results stored on disk; None if none are.
        parent: Qt parent.
    """

    def __init__(
        self,
        settings: Settings,
        state: State,
        cache: ResultCache | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("preferences")
        self.setWindowTitle("Preferences")
        self._before = settings
        self._cache = cache
        self._model_path = settings.model
        now = QFormLayout()
        self._mouse = self._choice(now, "Mouse in the slices", "mouse", MousePreset, state.mouse)
        self._orientation = self._list(
            now,
            "Orientation",
            "orientation",
            ("Radiological: patient's right on the left", "Neurological: right on the right"),
            0 if state.radiological else 1,
        )
        self._colours = self._choice(
            now, "Colours of regions", "colours", ColourScheme, state.colours
        )
        self._theme = self._choice(now, "Theme", "theme", ThemeName, self.shown_theme)
        self._text = self._number(now, "Text size", "text", 80, 200, 10, settings.text_percent)
        self._text.setSuffix(" %")
        self._text.setToolTip(
            "100 % is the size that suits the screen; spacing follows after a restart"
        )
        self._prepare = QCheckBox("Prepare raw cases when they are opened")
        self._prepare.setObjectName("preference_prepare")
        self._prepare.setChecked(state.prepare)
        now.addRow("", self._prepare)
        self._disk = self._number(now, "Stored results", "disk", 0, 100_000, 100, settings.disk_mb)
        self._disk.setSuffix(" MB at most")
        self._disk.setSpecialValueText("none")
        self._size = label(role="dim", name="cache_size")
        self._clear = push_button("Clear cache", "clear_cache", self._on_clear)
        now.addRow("", _row(self._size, self._clear))
        later = QFormLayout()
        self._device = self._list(
            later, "Compute on", "device", DEVICES, _index(DEVICES, settings.device)
        )
        self._threads = self._number(later, "Threads", "threads", 0, 512, 1, settings.threads)
        self._threads.setSpecialValueText("one for each core")
        self._memory = self._number(
            later, "Main memory", "memory", 0, 10_000_000, 1000, settings.memory_mb
        )
        self._memory.setSuffix(" MB at most")
        self._memory.setSpecialValueText("no limit")
        self._memory.setToolTip(
            "Limit for computing (Linux only); larger cases are then computed in tiles"
        )
        names = tuple(SCHEMES)
        scheme = _index(names, settings.label_scheme)
        self._scheme = self._list(later, "Label scheme, if not stated", "scheme", names, scheme)
        self._model = label(name="preference_model", wrap=True)
        choose = push_button("Choose folder…", "choose_model", self._on_choose_model)
        bundled = push_button("Bundled", "bundled_model", lambda: self._choose_model(""))
        later.addRow("Model", self._model)
        later.addRow("", _row(choose, bundled))
        self._problem = label(role="warning", name="preference_problem", wrap=True)
        self._problem.hide()
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        columns = QHBoxLayout()
        columns.setSpacing(28)
        for title, form in (("Immediately", now), ("After a restart", later)):
            column = QVBoxLayout()
            column.addWidget(label(title, role="heading"))
            column.addLayout(form)
            column.addStretch(1)
            columns.addLayout(column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.addLayout(columns)
        layout.addWidget(self._problem)
        layout.addWidget(buttons)
        self._show_model()
        self._show_size()

    @property
    def settings(self) -> Settings:
        """The chosen preferences."""
        memory = self._memory.value()
        return self._before.model_copy(
            update={
                "mouse": self._chosen_mouse.name,
                "radiological": self._orientation.currentIndex() == 0,
                "colours": self._chosen_colours.name,
                "prepare": self._prepare.isChecked(),
                "disk_mb": self._disk.value(),
                "theme": self.theme.name,
                "text_percent": self._text.value(),
                "device": self._device.currentText(),
                "threads": self._threads.value(),
                "memory_mb": max(memory, LEAST_MEMORY_MB) if memory else 0,
                "label_scheme": self._scheme.currentText(),
                "model": self._model_path,
            }
        )

    def applied(self, state: State) -> State:
        """The state with the settings that apply immediately."""
        return replace(
            state,
            mouse=self._chosen_mouse,
            colours=self._chosen_colours,
            radiological=self._orientation.currentIndex() == 0,
            prepare=self._prepare.isChecked(),
        )

    @property
    def shown_theme(self) -> ThemeName:
        """The theme as it was before."""
        return member_named(ThemeName, self._before.theme)

    @property
    def theme(self) -> ThemeName:
        """The theme as chosen."""
        return list(ThemeName)[self._theme.currentIndex()]

    @property
    def larger_text(self) -> float:
        """How much larger text is than before."""
        return self._text.value() / self._before.text_percent

    @property
    def _chosen_mouse(self) -> MousePreset:
        return list(MousePreset)[self._mouse.currentIndex()]

    @property
    def _chosen_colours(self) -> ColourScheme:
        return list(ColourScheme)[self._colours.currentIndex()]

    def _choice(
        self, form: QFormLayout, text: str, name: str, kind: type[Member], now: Member
    ) -> QComboBox:
        members = list(kind)
        return self._list(form, text, name, [m.value for m in members], members.index(now))

    def _list(
        self, form: QFormLayout, text: str, name: str, entries: Iterable[str], index: int
    ) -> QComboBox:
        box = QComboBox()
        box.addItems(list(entries))
        box.setCurrentIndex(index)
        return self._named(form, text, name, box)

    def _number(
        self, form: QFormLayout, text: str, name: str, low: int, high: int, step: int, value: int
    ) -> QSpinBox:
        box = QSpinBox()
        box.setRange(low, high)
        box.setSingleStep(step)
        box.setValue(value)
        return self._named(form, text, name, box)

    def _named(self, form: QFormLayout, text: str, name: str, box: "Box") -> "Box":
        box.setObjectName(f"preference_{name}")
        box.setAccessibleName(text)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        form.addRow(text, box)
        return box

    def _on_clear(self) -> None:
        if self._cache is not None:
            self._cache.clear()
        self._show_size()

    def _show_size(self) -> None:
        has_cache = self._cache is not None
        self._clear.setEnabled(has_cache)
        size = self._cache.size_mb if self._cache is not None else 0.0
        self._size.setText(f"{size:.1f} MB stored" if has_cache else "No results are stored")

    def _on_choose_model(self) -> None:
        start = self._model_path or str(Path.cwd())
        chosen = QFileDialog.getExistingDirectory(self, "Folder of a model or training run", start)
        if chosen:
            self._choose_model(chosen)

    def _choose_model(self, path: str) -> None:
        """Choose a model, if the path is one."""
        try:
            describe_model(path or None)
        except CcsdError as error:
            self._problem.setText(str(error))
            self._problem.show()
            return
        self._problem.hide()
        self._model_path = path
        self._show_model()

    def _show_model(self) -> None:
        try:
            manifest = describe_model(self._model_path or None).manifest
        except CcsdError as error:
            self._model.setText(str(error))
            return
        where = self._model_path or "bundled"
        self._model.setText(f"{manifest.name} {manifest.sha256[:8]} ({where})")


Box = TypeVar("Box", QComboBox, QSpinBox)


def ask_preferences(
    settings: Settings,
    state: State,
    cache: ResultCache | None,
    parent: QWidget,
    apply: Callable[[PreferencesDialog], None],
) -> None:
    """Show the dialog, and call `apply` with it when the user has confirmed it."""
    dialog = PreferencesDialog(settings, state, cache, parent)
    dialog.accepted.connect(lambda: apply(dialog))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return row


def _index(entries: Iterable[str], entry: str) -> int:
    """The index of an entry; 0 if it is not in the list."""
    found = list(entries)
    return found.index(entry) if entry in found else 0
