"""The bar at the first start: the disclaimer, and the offer of a tour."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_core.domain.segmentation import DISCLAIMER

OFFER = "New here? A two-minute tour shows what withholding a sequence changes."


class TourOffer(QFrame):
    """The bar; hidden until the tour is offered, and after the answer.

    Args:
        case_open: Whether a case is open, which the tour needs.
        start: Starts the tour.
        parent: Qt parent.
    """

    def __init__(
        self,
        case_open: DerivedValue[bool],
        start: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("tour_offer")
        self._start = start
        self._take = push_button("Take the tour", "take_tour", self._on_taken)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(label(DISCLAIMER, role="warning", name="first_notice"))
        layout.addWidget(label(OFFER))
        layout.addStretch(1)
        layout.addWidget(self._take)
        hint = "The tour stays in the Help menu"
        layout.addWidget(flat_button("Not now", "no_tour", hint, lambda: self.setVisible(False)))
        self._case_open = case_open
        case_open.changed.connect(self._show)
        self._show(case_open.value)
        self.hide()

    def _show(self, case_open: object) -> None:
        self._take.setEnabled(bool(case_open))

    def _on_taken(self) -> None:
        self.hide()
        self._start()
