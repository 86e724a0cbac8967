"""The right panel: how the segmentation holds up as sequences go missing."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ccsd_app.qt.curve_panel import CurvePanelWidget
from ccsd_app.qt.labels import label
from ccsd_app.qt.subset_list import ROW_PIXELS, SubsetListWidget
from ccsd_app.viewmodel.curve_panel import CurvePanel
from ccsd_app.viewmodel.subset_list import SubsetListModel
from ccsd_core.domain.modality import ModalitySubset

WIDTH = 356


class RobustnessPanel(QFrame):
    """Curve above, subsets below."""

    def __init__(
        self, curve: CurvePanel, subsets: SubsetListModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 6)
        layout.setSpacing(4)
        subset_list = SubsetListWidget(subsets)
        subset_list.setMaximumHeight((len(ModalitySubset.every()) + 2) * ROW_PIXELS)
        layout.addWidget(label("ROBUSTNESS", role="heading"))
        layout.addWidget(CurvePanelWidget(curve), 5)
        layout.addSpacing(4)
        layout.addWidget(label("SUBSETS OF THE SEQUENCES", role="heading"))
        layout.addWidget(subset_list, 6)
