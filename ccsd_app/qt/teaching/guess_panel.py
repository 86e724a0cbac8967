"""The panel of "Guess first": a question instead of the numbers, then the outcome."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.session.guess import Answer
from ccsd_app.viewmodel.teaching.guess_panel import ChangedRegion, GuessModel, GuessPanel
from ccsd_core.domain.region import Region

REGIONS = (Answer.WT, Answer.TC, Answer.ET)
OTHERS = (Answer.NONE, Answer.JUST_SHOW)
HEADINGS = ("all → current", "mL")


class GuessPanelWidget(QFrame):
    """Shown while "Guess first" is on."""

    def __init__(self, model: GuessModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guess_panel")
        self.setProperty("role", "popup")
        self._model = model
        self._tally = label(role="small", name="guess_tally")
        self._text = label(name="guess_text", wrap=True)
        self._meanwhile = label(role="small", name="guess_meanwhile", wrap=True)
        self._wait = label("Computing…", role="dim", name="guess_wait")
        self._answers = {answer: self._button(answer) for answer in Answer}
        self._changes = _Changes()
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(label("Guess first", role="heading"))
        heading.addWidget(self._tally)
        heading.addStretch(1)
        hint = "End Guess first; all results are shown again"
        heading.addWidget(flat_button("", "guess_off", hint, model.toggle, picture="close"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 10)
        layout.setSpacing(6)
        layout.addLayout(heading)
        layout.addWidget(self._text)
        for answers in (REGIONS, OTHERS):
            row = QHBoxLayout()
            row.setSpacing(4)
            for answer in answers:
                row.addWidget(self._answers[answer])
            layout.addLayout(row)
        layout.addWidget(self._meanwhile)
        layout.addWidget(self._wait)
        layout.addWidget(self._changes)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _button(self, answer: Answer) -> QPushButton:
        region = answer.value if isinstance(answer.value, Region) else None
        text = answer.name if region is not None else str(answer.value).capitalize()
        hint = "" if region is None else f"The score of {region.title} drops most"
        return push_button(
            text, f"guess_{answer.name}", partial(self._model.answer, answer), hint=hint
        )

    def _show(self, shown: GuessPanel) -> None:
        self.setVisible(shown.on)
        self._tally.setText(shown.tally)
        self._text.setText(shown.text)
        self._meanwhile.setText(shown.meanwhile)
        self._meanwhile.setVisible(bool(shown.meanwhile))
        for button in self._answers.values():
            button.setVisible(shown.asks)
            button.setEnabled(shown.ready)
        self._wait.setVisible(shown.asks and not shown.ready)
        self._changes.setVisible(bool(shown.rows))
        self._changes.show_rows(shown.rows, shown.rows_head)


class _Changes(QWidget):
    """A table of each region's score and volume, with all sequences and with the current ones."""

    def __init__(self) -> None:
        super().__init__()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(3)
        layout.setColumnStretch(0, 1)
        self._heading = label(role="small", name="guess_head", wrap=True)
        layout.addWidget(self._heading, 0, 0, 1, 3)
        right = Qt.AlignmentFlag.AlignRight
        for column, text in enumerate(HEADINGS):
            layout.addWidget(label(text, role="small"), 1, column + 1, right)
        self._rows = {
            region: tuple(label(name=f"guess_{region.name}_{i}") for i in range(3))
            for region in Region
        }
        for region, widgets in self._rows.items():
            for column, widget in enumerate(widgets):
                layout.addWidget(
                    widget, region + 2, column, right if column else Qt.AlignmentFlag(0)
                )

    def show_rows(self, rows: tuple[ChangedRegion, ...], heading: str) -> None:
        self._heading.setText(heading)
        for row in rows:
            texts = (row.region.name, row.score, row.volume)
            for widget, text in zip(self._rows[row.region], texts, strict=True):
                widget.setText(text)
                widget.setProperty("role", "badge" if row.most_affected else "")
                widget.style().polish(widget)
