"""The dialog that asks how a film is written, and says its length and size before.

┌ Format               [MP4 video (H.264)      ▾] ┐
│ Pictures             [45]                       │   where their number can be chosen
│ Seconds per picture  [0.08 s]                   │
│ Frames per second    [25]                       │   videos only
│ Size                 [As drawn ▾] [ ] × [ ]     │
│ 45 pictures · 90 frames · 3.6 s · 720 × 790 …   │
│ About 1.2 MB, measured from the first 4 …       │
└                             [Cancel] [Save…]    ┘

The first pictures are drawn and written to a temporary folder, in a thread, whenever a setting has
changed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.export.film.pictures import FilmPictures
from ccsd_app.export.film.settings import SHORTEST_S, FilmFormat, FilmSettings, Size
from ccsd_app.export.film.words import TITLES, length_text, size_text, why_not
from ccsd_app.export.film.write import estimated_bytes
from ccsd_app.qt.exporting.film.source import FilmSource, drawn_pictures
from ccsd_app.qt.exporting.gui_steps import GuiSteps
from ccsd_app.qt.widgets.labels import label
from ccsd_app.session.jobs import JobRunner, Listener
from ccsd_core.errors import CcsdError, bug_line
from ccsd_core.progress import Steps

SAMPLE = 4
"""So many pictures are drawn and written to measure the size."""
PAUSE_MS = 300
"""The size is measured once the settings have not changed for this long, in ms."""
PRESETS: dict[str, Size | None] = {
    "As drawn": None,
    "1280 × 720": (1280, 720),
    "1920 × 1080": (1920, 1080),
}
OWN_SIZE = "Other"
WIDTH_PX = 470
MEASURING = "Measuring the size of the file…"


@dataclass(frozen=True, slots=True)
class FilmChoice:
    """What the user chose.

    Args:
        source: The film, with the chosen number of pictures.
        settings: How it is written.
        scale: Pixels of a picture per window pixel with which it is drawn for its size.
    """

    source: FilmSource
    settings: FilmSettings
    scale: float


class FilmDialog(QDialog):
    """The dialog before the file dialog.

    Args:
        title: Its title.
        source: The film; None while it is computed, until `show_source`.
        form: The format that is chosen at first.
        scale: Pixels of a picture per window pixel, for the size "As drawn".
        runner: Writes the sample in a thread.
        parent: Qt parent.
    """

    def __init__(
        self,
        title: str,
        source: FilmSource | None,
        *,
        form: FilmFormat,
        scale: float,
        runner: JobRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("film_dialog")
        self.setWindowTitle(title)
        self._source: FilmSource | None = None
        self._as_drawn = scale
        self._runner = runner
        self._steps = GuiSteps(self)
        self._plain_size: Size | None = None
        self._sample: tuple[FilmSource, float, FilmPictures] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._measure)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(self._controls(form))
        self._length = label(name="film_length", wrap=True)
        self._length.setMinimumWidth(WIDTH_PX)
        self._bytes = label(role="dim", name="film_bytes", wrap=True)
        layout.addWidget(self._length)
        layout.addWidget(self._bytes)
        standard = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(standard.Save | standard.Cancel)
        self._save = self._buttons.button(standard.Save)
        self._save.setText("Save…")
        self._save.setObjectName("film_save")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout.addWidget(self._buttons)
        self.finished.connect(self._stop)
        if source is None:
            self._layout.setRowVisible(self._count, False)  # noqa: FBT003 — Qt's signature
            self._refresh()
        else:
            self.show_source(source)

    @property
    def choice(self) -> FilmChoice | None:
        """What the controls say; None if no film can be written with it."""
        source, plain = self._source, self._plain_size
        if source is None or plain is None or why_not(self.settings, source.count):
            return None
        width, height = self.settings.size
        return FilmChoice(source, self.settings, min(width / plain[0], height / plain[1]))

    @property
    def settings(self) -> FilmSettings:
        """The settings that the controls show."""
        size = self._width.value(), self._height.value()
        form = self._form.currentData()
        return FilmSettings(form, round(self._seconds.value(), 2), self._rate.value(), size)

    def show_source(self, source: FilmSource) -> None:
        """Use this film, and its pace."""
        self._source = source
        self._count.setValue(source.count)
        self._layout.setRowVisible(self._count, source.with_count is not None)
        self._seconds.setValue(source.seconds)
        self._rate.setValue(source.rate)
        self._refresh()

    def show_waiting(self, text: str) -> None:
        """Say why there is no film yet."""
        if self._source is None:
            self._bytes.setText(text)

    def _controls(self, form: FilmFormat) -> QFormLayout:
        self._layout = layout = QFormLayout()
        layout.setVerticalSpacing(7)
        self._form = QComboBox()
        self._form.setObjectName("film_format")
        for one in FilmFormat:
            self._form.addItem(TITLES[one], one)
        self._form.setCurrentIndex(self._form.findData(form))
        self._count = _whole(2, 360, "film_count")
        self._seconds = QDoubleSpinBox()
        self._seconds.setObjectName("film_seconds")
        self._seconds.setRange(SHORTEST_S, 60)
        self._seconds.setSingleStep(0.1)
        self._seconds.setSuffix(" s")
        self._rate = _whole(1, 60, "film_rate")
        self._width, self._height = (
            _whole(64, 3840, name) for name in ("film_width", "film_height")
        )
        for spin in (self._width, self._height):
            spin.setSuffix(" px")
            spin.setAccessibleName("Width" if spin is self._width else "Height")
        self._preset = QComboBox()
        self._preset.setObjectName("film_size")
        self._preset.addItems([*PRESETS, OWN_SIZE])
        size = QHBoxLayout()
        self._times = label("×")
        for part in (self._preset, self._width, self._times, self._height):
            size.addWidget(part)
        size.addStretch(1)
        rows: list[tuple[str, QWidget]] = [
            ("Format", self._form),
            ("Pictures", self._count),
            ("Seconds per picture", self._seconds),
            ("Frames per second", self._rate),
        ]
        for text, control in rows:
            control.setAccessibleName(text)
            layout.addRow(text, control)
        self._preset.setAccessibleName("Size")
        layout.addRow("Size", size)
        self._form.currentIndexChanged.connect(lambda *_: self._refresh())
        self._preset.currentIndexChanged.connect(lambda *_: self._refresh())
        self._count.valueChanged.connect(self._on_count)
        for spin in (self._seconds, self._rate, self._width, self._height):
            spin.valueChanged.connect(lambda *_: self._refresh())
        return layout

    def _on_count(self, count: int) -> None:
        source = self._source
        if source is not None and source.with_count is not None and count != source.count:
            self._source = source.with_count(count)
            self._refresh()

    def _refresh(self) -> None:
        """Show what follows from the controls, and measure the size again."""
        form = self._form.currentData()
        self._layout.setRowVisible(self._rate, form.is_video)
        self._layout.setRowVisible(self._seconds, form is not FilmFormat.SLIDES)
        self._show_size()
        for part in (self._width, self._times, self._height):
            part.setVisible(self._plain_size is not None)
        self.adjustSize()
        source = self._source
        self._runner.cancel()
        self._steps.stop()
        if source is None:
            self._save.setEnabled(False)
            return
        reason = why_not(self.settings, source.count)
        self._save.setEnabled(not reason and self._plain_size is not None)
        self._length.setText(length_text(self.settings, source.count))
        self._length.setVisible(self._plain_size is not None)
        self._bytes.setProperty("role", "warning" if reason else "dim")
        self._bytes.style().polish(self._bytes)
        self._bytes.setText(reason or MEASURING)
        if not reason or self._plain_size is None:
            self._pause.start(PAUSE_MS if self._plain_size is not None else 0)

    def _show_size(self) -> None:
        name = self._preset.currentText()
        preset = PRESETS.get(name)
        if name == "As drawn" and self._plain_size is not None:
            width, height = self._plain_size
            preset = round(width * self._as_drawn), round(height * self._as_drawn)
        for spin, value in zip((self._width, self._height), preset or (), strict=False):
            with QSignalBlocker(spin):
                spin.setValue(value)
        for spin in (self._width, self._height):
            spin.setEnabled(name == OWN_SIZE)

    def _measure(self) -> None:
        """Draw the first pictures, write them, and show what the whole film would take."""
        source = self._source
        if source is None:
            return
        if self._plain_size is None:
            self._start(drawn_pictures(source, 1.0, first=SAMPLE), self._on_plain)
            return
        choice = self.choice
        if choice is None:
            return
        known = self._sample
        if known is not None and known[:2] == (source, choice.scale):
            self._write(known[2], choice)
            return

        def drawn(sample: FilmPictures) -> None:
            self._sample = source, choice.scale, sample
            self._write(sample, choice)

        size = choice.settings.size
        self._start(drawn_pictures(source, choice.scale, size=size, first=SAMPLE), drawn)

    def _start(self, steps: Steps[FilmPictures], done: Callable[[FilmPictures], None]) -> None:
        self._steps.start(steps, Listener(done, self._on_failed))

    def _on_plain(self, plain: FilmPictures) -> None:
        rows, columns = plain.pictures[0].shape[:2]
        self._plain_size = columns, rows
        self._refresh()

    def _write(self, sample: FilmPictures, choice: FilmChoice) -> None:
        count = choice.source.count

        def done(size_bytes: int) -> None:
            first = "" if count <= SAMPLE else f", measured from the first {SAMPLE} pictures"
            text = size_text(size_bytes)
            self._bytes.setText(f"{text[0].upper()}{text[1:]}{first}")

        steps = estimated_bytes(sample, choice.settings, count)
        self._runner.start(steps, Listener(done, self._on_failed))

    def _on_failed(self, error: Exception) -> None:
        self._bytes.setText(str(error) if isinstance(error, CcsdError) else bug_line(error))

    def _stop(self) -> None:
        self._pause.stop()
        self._steps.stop()
        self._runner.cancel()


def _whole(least: int, most: int, name: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(name)
    spin.setRange(least, most)
    return spin
