"""The dialog that shows how a case was prepared, before and after, and can adjust it.

┌ reference, steps with their numbers, warnings ──────────────┐
│ pictures: checkerboard, edges, brain mask   before │ after  │
│ adjustments: reference, steps, mask, bias, registrations   │
└        Automatic │ Undo │ Prepare again │ Close ────────────┘
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ccsd_app.qt.preparation.preparation_adjustments import PreparationAdjustments
from ccsd_app.qt.preparation.preparation_pictures import PreparationPictures
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.session.preparation import Preparation
from ccsd_app.viewmodel.preparation.preparation_details import preparation_details
from ccsd_core.preparation.adjustments import Adjustments


class PreparationDialog(QDialog):
    """Shows one preparation.

    Args:
        preparation: The current preparation.
        prepare: Prepares the case again with the user's adjustments.
        radiological: Patient's right on the left.
        undo: Restores the previous preparation; None if there is none.
        parent: Qt parent.
    """

    def __init__(
        self,
        preparation: Preparation,
        *,
        prepare: Callable[[Adjustments], None],
        radiological: bool,
        undo: Callable[[], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("preparation_dialog")
        self.setWindowTitle("Preparation of the case")
        self._preparation = preparation
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        self._add_steps(layout)
        pictures = PreparationPictures(preparation, radiological=radiological)
        controls = self._controls = PreparationAdjustments(preparation, pictures.sequence)
        pictures.sequence_chosen.connect(controls.show_sequence)
        controls.nudged.connect(pictures.show_nudge)
        layout.addWidget(pictures)
        layout.addWidget(controls)
        layout.addLayout(self._buttons(prepare, undo))

    @property
    def adjustments(self) -> Adjustments:
        """The adjustments that are set."""
        return self._controls.adjustments

    def _add_steps(self, layout: QVBoxLayout) -> None:
        details = preparation_details(self._preparation)
        layout.addWidget(label(details.reference, name="preparation_reference_text"))
        table = QGridLayout()
        table.setHorizontalSpacing(18)
        table.setVerticalSpacing(2)
        for row, step in enumerate(details.rows):
            for column, text in enumerate((step.what, step.how, step.numbers)):
                table.addWidget(label(text, role="" if column == 0 else "small"), row, column)
        table.setColumnStretch(2, 1)
        layout.addLayout(table)
        for warning in details.warnings:
            layout.addWidget(label(warning, role="warning", wrap=True))

    def _buttons(
        self, prepare: Callable[[Adjustments], None], undo: Callable[[], None] | None
    ) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        automatic = push_button(
            "Automatic",
            "preparation_automatic",
            partial(self._close_and_call, partial(prepare, Adjustments())),
            hint="Prepare again without your adjustments",
        )
        automatic.setEnabled(self._preparation.adjustments != Adjustments())
        back = push_button(
            "Undo",
            "preparation_undo",
            partial(self._close_and_call, undo or (lambda: None)),
            hint="Prepare as before the last change",
        )
        back.setEnabled(undo is not None)
        again = push_button(
            "Prepare again",
            "preparation_redo",
            lambda: self._close_and_call(partial(prepare, self.adjustments)),
        )
        for button in (automatic, back, again):
            row.addWidget(button)
        row.addWidget(push_button("Close", "preparation_close", self.reject))
        return row

    def _close_and_call(self, then: Callable[[], None]) -> None:
        self.accept()
        then()
