"""Words that explain what is on screen, in the real window: whole, and where they are needed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTabWidget, QToolButton, QWidget

from ccsd_app.qt.slices.legend_bar import LegendBar
from ccsd_app.qt.widgets.theme import apply_theme
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import resolve
from ccsd_app.session.display import Layer
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region

WIDTHS = (1080, 1280, 1920)
UNLABELLED = "p_FLAIR+T2_unlabelled"
TIMEOUT_MS = 20_000
Key = Qt.Key


def wide(parts, qtbot, width: int) -> None:
    parts.window.resize(width, 720)
    qtbot.waitUntil(lambda: parts.window.width() == width)
    QTest.qWait(50)


def test_a_key_that_can_do_nothing_says_why(open_window):
    parts = open_window(UNLABELLED)

    QTest.keyClick(parts.window, Key.Key_E)

    assert parts.window.statusBar().currentMessage() == sentence(
        parts.session.state.case.labels_absence
    )
    assert not parts.session.state.show_reference


def test_the_same_key_draws_the_experts_outlines_where_there_are_labels(open_window):
    parts = open_window()
    QTest.keyClick(parts.window, Key.Key_E)
    assert parts.session.state.show_reference
    assert parts.window.statusBar().currentMessage() == ""


@pytest.fixture
def dressed():
    """In the look that users see: paddings and fonts decide what fits."""
    application = QApplication.instance()
    palette, sheet = application.palette(), application.styleSheet()
    apply_theme(application)
    yield
    application.setPalette(palette)
    application.setStyleSheet(sheet)


@pytest.mark.usefixtures("dressed")
def test_no_measure_of_the_table_is_cut(open_window, qtbot):
    parts = open_window(UNLABELLED)
    parts.window.findChild(QWidget, "subset_tabs").setCurrentIndex(1)
    buttons = [
        button
        for button in parts.window.findChild(QWidget, "subset_table").findChildren(QToolButton)
        if button.objectName().startswith(("measure", "copy"))
    ]
    assert len(buttons) == 6
    for width in WIDTHS:
        wide(parts, qtbot, width)
        for button in buttons:
            assert button.width() >= button.sizeHint().width(), (width, button.text())


def test_what_the_score_is_stands_whole_over_the_curve(open_window, qtbot):
    parts = open_window(UNLABELLED)
    axis = parts.window.findChild(QLabel, "curve_axis")
    assert "none is predicted, else 0" in axis.text()
    for width in WIDTHS:
        wide(parts, qtbot, width)
        room = QRect(0, 0, axis.width(), 1000)
        needed = axis.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, axis.text())
        assert axis.height() >= needed.height(), width


def test_the_views_keep_their_places_whatever_the_layer(open_window, qtbot):
    parts = open_window()
    bar = parts.window.findChild(LegendBar)
    for width in WIDTHS:
        wide(parts, qtbot, width)
        heights = set()
        for layer in Layer:
            parts.session.become(replace(parts.session.state, layer=layer, show_reference=True))
            QTest.qWait(20)
            heights.add(bar.height())
        assert len(heights) == 1, width


def test_3d_says_that_its_surfaces_are_the_regions_where_slices_show_something_else(open_window):
    parts = open_window()
    caption = parts.window.findChild(QLabel, "caption3d")
    for layer in Layer:
        parts.session.become(replace(parts.session.state, layer=layer))
        by_region = layer in (Layer.REGIONS, Layer.LABELS)
        assert ("surfaces: predicted regions" in caption.text()) is not by_region, layer


def test_with_low_mean_dice_every_picture_says_so(open_window, qtbot):
    parts = open_window()
    weak = ModalitySubset.parse("T1")
    table = {s: dict.fromkeys(Region, 0.8) for s in ModalitySubset.every()}
    table[weak] = {**table[weak], Region.ET: 0.2}
    model = replace(parts.session.state.model, reference_scores=ReferenceScores(7, True, table))
    parts.session.become(replace(parts.session.state, model=model))
    for subset in ModalitySubset.every():
        parts.session.become(parts.session.state.using(subset))
        qtbot.waitUntil(lambda: not parts.session.state.waiting, timeout=TIMEOUT_MS)
        for plane in Plane:
            words = resolve(parts.session.state, plane).provenance
            assert ("low mean Dice for ET" in words) is (subset == weak)
        caption = parts.window.findChild(QLabel, "caption3d").text()
        assert ("low mean Dice for ET" in caption) is (subset == weak)


def test_nothing_of_the_robustness_panel_lies_over_something_else(open_window, qtbot):
    parts = open_window(UNLABELLED)
    names = ("curve_axis", "curve_plot", "curve_legend", "curve_hint", "path_player", "subset_tabs")
    for size in ((1080, 640), (1280, 800), (1920, 1080)):
        parts.window.resize(*size)
        qtbot.waitUntil(lambda size=size: parts.window.size().toTuple() == size)
        QTest.qWait(50)
        above = 0
        for name in names:
            widget = parts.window.findChild(QWidget, name)
            top = widget.mapTo(parts.window, widget.rect().topLeft()).y()
            assert top >= above, (size, name)
            above = top + widget.height()
        assert above <= parts.window.statusBar().y(), size


def test_the_legend_of_the_curve_is_legible_to_its_end(open_window, qtbot):
    parts = open_window()
    legend = parts.window.findChild(QLabel, "curve_legend")
    for size in ((1080, 640), (1280, 800)):
        parts.window.resize(*size)
        qtbot.waitUntil(lambda size=size: parts.window.size().toTuple() == size)
        QTest.qWait(50)
        document = QTextDocument()
        document.setDefaultFont(legend.font())
        document.setDocumentMargin(0)
        document.setHtml(legend.text())
        document.setTextWidth(legend.width())
        assert document.idealWidth() <= legend.width()
        assert document.size().height() <= legend.height() + 1


def test_what_a_low_window_has_no_room_for_is_reached_by_scrolling(open_window, qtbot):
    parts = open_window()
    parts.window.resize(1080, 640)
    parts.window.findChild(QTabWidget, "subset_tabs").setCurrentIndex(2)
    QTest.qWait(50)
    page = parts.window.findChild(QTabWidget, "subset_tabs").currentWidget()
    bars = parts.window.findChild(QWidget, "criticality_bars")
    qtbot.waitUntil(lambda: bars.height() >= bars.sizeHint().height(), timeout=60_000)
    page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
    last = parts.window.findChild(QWidget, "criticality_computed")
    assert not last.visibleRegion().isEmpty()
