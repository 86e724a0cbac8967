"""The button that chooses the reference of the difference: another subset, or the expert labels."""

from PySide6.QtWidgets import QWidget

from ccsd_app.qt.widgets.choice_button import Choices, MenuButton
from ccsd_app.scene.overlays.compared import EXPERT
from ccsd_app.viewmodel.panels.compare_bar import ComparisonModel, ComparisonTable
from ccsd_core.domain.modality import ModalitySubset


class ReferenceButton(MenuButton):
    """A button with a menu of references, filled from the open case whenever it opens."""

    def __init__(self, model: ComparisonModel, parent: QWidget | None = None) -> None:
        super().__init__(
            "", "difference_reference", "Choose the reference of the difference", parent
        )
        self._model = model
        self.choices_menu.aboutToShow.connect(self._fill)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _show(self, table: ComparisonTable) -> None:
        self.setText(f"vs {_named(table, _chosen(table))}")

    def _fill(self) -> None:
        table = self._model.shown.value
        self.choices_menu.clear()
        subsets = sorted(table.choices, key=len, reverse=True)
        entries: list[tuple[ModalitySubset | None, str, str]] = [
            (subset, _named(table, subset), "") for subset in subsets
        ]
        if table.has_reference:
            entries.insert(
                0, (None, _named(table, None), "Shows false positives and false negatives")
            )
        self._entries = Choices(self.choices_menu, entries, self._choose)
        self._entries.show(_chosen(table))

    def _choose(self, subset: ModalitySubset | None) -> None:
        if subset is None:
            self._model.compare_with_expert()
        else:
            self._model.compare_with(subset)


def _chosen(table: ComparisonTable) -> ModalitySubset | None:
    """The subset that is the reference now; None means the expert labels."""
    return None if table.against_reference and table.has_reference else table.other


def _named(table: ComparisonTable, subset: ModalitySubset | None) -> str:
    if subset is None:
        return EXPERT
    largest = max(table.choices, key=len, default=subset)
    return "all sequences" if subset == largest else subset.label
