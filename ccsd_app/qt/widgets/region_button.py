"""The button that chooses the region for layers and numbers of a single region."""

from PySide6.QtWidgets import QWidget

from ccsd_app.qt.widgets.choice_button import Choices, MenuButton
from ccsd_app.viewmodel.panels.toolbar import Toolbar, ToolbarModel
from ccsd_core.domain.region import Region


class RegionButton(MenuButton):
    """Shows the chosen region and lets the user choose another."""

    def __init__(
        self, tools: ToolbarModel, name: str, hint: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("", name, hint, parent)
        entries = [(region, f"{region.name}  {region.title}", "") for region in Region]
        self._regions = Choices(self.choices_menu, entries, tools.choose_region)
        self._tools = tools
        tools.shown.changed.connect(self._show)
        self._show(tools.shown.value)

    def _show(self, toolbar: Toolbar) -> None:
        self.setText(toolbar.region.name)
        self._regions.show(toolbar.region)
