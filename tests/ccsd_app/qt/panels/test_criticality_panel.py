"""The criticality panel in the real window."""

import pytest
from PySide6.QtWidgets import QLabel, QTabWidget, QToolButton

from ccsd_app.qt.panels.bar_chart import BarChart
from ccsd_app.qt.panels.criticality_panel import CriticalityPanel
from ccsd_app.session.on_demand import CRITICALITY
from ccsd_app.viewmodel.panels.criticality_values import CriticalityKind
from ccsd_core.domain.modality import Modality


@pytest.fixture
def panel(open_window):
    """The window with the panel in front."""

    def make(case: str = "p", **options):
        parts = open_window(case, **options)
        tabs = parts.window.findChild(QTabWidget, "subset_tabs")
        titles = [tabs.tabText(index) for index in range(tabs.count())]
        tabs.setCurrentIndex(titles.index("Criticality"))
        return parts, parts.window.findChild(CriticalityPanel)

    return make


def choose(found, kind):
    found.findChild(QToolButton, f"criticality_{kind.name.lower()}").click()


def text(found, name):
    return found.findChild(QLabel, f"criticality_{name}").text()


@pytest.mark.parametrize("kind", list(CriticalityKind), ids=lambda kind: kind.value)
def test_every_measure_has_bars_a_meaning_and_its_making(panel, qtbot, kind):
    _, found = panel()
    choose(found, kind)
    drawn = found.findChild(BarChart)

    qtbot.waitUntil(lambda: text(found, "note") == "", timeout=20_000)

    assert all(len(group.bars) == (1 if kind.by_features else 3) for group in drawn._groups)
    assert found.findChild(QToolButton, f"criticality_{kind.name.lower()}").isChecked()
    assert text(found, "meaning")
    assert text(found, "computed")
    for modality in Modality:
        assert f"{modality.label}: " in drawn.accessibleDescription()


def test_the_features_of_the_inference_process_arrive(panel, qtbot):
    parts, found = panel("p_FLAIR+T1C_unlabelled")
    assert parts.session.state.on_demand.value(CRITICALITY) is None
    choose(found, CriticalityKind.GRADIENT)

    qtbot.waitUntil(
        lambda: parts.session.state.on_demand.value(CRITICALITY) is not None, timeout=20_000
    )

    assert "T1c: 0.00300" in found.findChild(BarChart).accessibleDescription()
    assert "T1: missing" in found.findChild(BarChart).accessibleDescription()
    assert "prediction from all sequences" in text(found, "computed")


def test_what_fails_says_so_in_the_panel_and_nothing_else_suffers(panel, qtbot):
    parts, found = panel(model="critical-bug")
    choose(found, CriticalityKind.COSINE)

    qtbot.waitUntil(lambda: "it does not fit" in text(found, "note"), timeout=20_000)

    assert parts.session.state.complete
    assert not parts.session.state.stopped


def test_longer_bars_are_drawn_longer(panel, qtbot):
    _, found = panel()
    drawn = found.findChild(BarChart)
    choose(found, CriticalityKind.COSINE)
    qtbot.waitUntil(lambda: text(found, "note") == "", timeout=20_000)
    picture = drawn.grab().toImage()

    lengths = []
    for line in range(4):
        y = int((line * 23 + 7) * picture.devicePixelRatio())
        row = [picture.pixelColor(x, y).name() for x in range(picture.width())]
        lengths.append(row.count("#56b4e9"))
    assert lengths == sorted(lengths)
    assert 3.5 < lengths[3] / lengths[0] < 4.5  # 0.4 and 0.1
