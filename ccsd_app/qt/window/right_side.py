"""The right side of the window: the robustness panel, or the one that degrades sequences.

The second one is made when it is first shown, so that the window opens sooner.
"""

from collections.abc import Callable
from functools import cached_property

from PySide6.QtWidgets import QStackedWidget

from ccsd_app.qt.panels.degrade.degrade_panel import DegradePanel
from ccsd_app.qt.panels.robustness_panel import WIDTH, RobustnessPanel
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled_width


class RightSide(QStackedWidget):
    """Shows one of the two panels.

    Args:
        robustness: The panel that is shown first.
        make_degrade: Makes the panel that takes its place while sequences are degraded.
        on_degrading: Told whether the second one is shown.
    """

    def __init__(
        self,
        robustness: RobustnessPanel,
        make_degrade: Callable[[], DegradePanel],
        *,
        on_degrading: Callable[[bool], None],
    ) -> None:
        super().__init__()
        self._robustness, self._make_degrade = robustness, make_degrade
        self._on_degrading = on_degrading
        follow_text_size(self, lambda: self.setFixedWidth(scaled_width(WIDTH)))
        self.addWidget(robustness)

    @cached_property
    def _degrade(self) -> DegradePanel:
        panel = self._make_degrade()
        self.addWidget(panel)
        return panel

    def show_degrading(self, *, on: bool) -> None:
        """Show the panel that degrades sequences, or the robustness panel again."""
        self.setCurrentWidget(self._degrade if on else self._robustness)
        self._on_degrading(on)
        if on:
            self._degrade.begin()

    def toggle_degrading(self) -> None:
        """Show or hide the panel that degrades sequences."""
        self.show_degrading(on=self.currentWidget() is self._robustness)
