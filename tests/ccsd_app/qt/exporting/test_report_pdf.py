"""The pages of a report: read back by another library."""

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from ccsd_app.export.report import Report, ReportTable
from ccsd_app.qt.exporting.report_curve import curve_height, draw_curve
from ccsd_app.qt.exporting.report_pdf import PageWriter, ReportPictures, write_report
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_app.viewmodel.panels.curve_panel import CurvePlot, CurvePoint, RegionCurve
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.errors import ResourceError
from ccsd_core.version import software_version

FLAIR = ModalitySubset.of(Modality.FLAIR)
A_CURVE = CurvePlot(
    (
        RegionCurve(
            Region.WT,
            (240, 228, 66),
            (
                CurvePoint(FLAIR, 1, 0.6, current=False),
                CurvePoint(ModalitySubset.full(), 4, 0.9, current=True),
            ),
            means=((1, 0.6), (4, 0.9)),
            ranges=((1, 0.5, 0.7), (4, 0.9, 0.9)),
            mean="0.80",
        ),
        RegionCurve(Region.TC, (230, 159, 0)),
    ),
    "Dice vs expert labels",
    "dashed: mean of 7 patients",
    "",
    "Mean Dice of 15 subsets",
    "",
)
SIZES_PT = {"a4": (595, 842), "letter": (612, 792)}


def table(title: str, *, rows: int = 2) -> ReportTable:
    body = tuple((f"{title} {i}", str(i), "7 < 8 & 9") for i in range(rows))
    return ReportTable(title, ("name", "number", "more"), body, f"note of {title}")


def a_report(*, subsets: int = 15) -> Report:
    return Report(
        "Case_7",
        (ModalitySubset.full(),),
        ("FLAIR, T1, T1c, T2",),
        table("Volumes"),
        table("Every subset", rows=subsets),
        table("Criticality"),
        table("What next"),
        table("Measurements"),
        ("A remark with an umlaut: ö",),
        ("model: fake",),
    )


def picture(colour: str, width: int = 300) -> QImage:
    image = QImage(width, 200, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


@pytest.fixture
def written(qapp, tmp_path):
    def make(report: Report, *, paper: str = "a4", curve: bool = True) -> PdfReader:
        path = tmp_path / f"{paper}.pdf"
        writer = PageWriter(path, paper=paper, title=f"CCSD report: {report.case}")
        views = [(picture("red"), "axial, all"), (picture("blue"), "surfaces")]
        pictures = ReportPictures(views, A_CURVE if curve else None)
        write_report(writer, report, pictures, model_card="A small network.")
        writer.end()
        return PdfReader(path)

    return make


def text_of(page) -> str:
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("paper", SIZES_PT)
def test_all_texts_can_be_searched_on_paper_of_the_asked_size(written, paper):
    found = written(a_report(), paper=paper)

    sides = found.pages[0].mediabox
    assert (round(sides.width), round(sides.height)) == pytest.approx(SIZES_PT[paper], abs=1)
    text = " ".join(map(text_of, found.pages))
    for part in (
        *("Case_7", "Input: FLAIR, T1, T1c, T2", "axial, all", "surfaces"),
        *("Volumes 1", "7 < 8 & 9", "note of Volumes", "Criticality 0", "What next 1"),
        *("Every subset 14", "A remark with an umlaut: ö", "A small network.", "model: fake"),
    ):
        assert part in text, part


def test_the_disclaimer_stands_on_every_page_and_the_program_in_the_file(written):
    found = written(a_report(subsets=120))

    assert len(found.pages) >= 2
    for number, page in enumerate(found.pages, start=1):
        assert text_of(page).count(DISCLAIMER) == 2
        assert f"page {number}" in text_of(page)
    assert found.metadata.creator == software_version()


def test_fonts_are_embedded(written):
    fonts = [
        font.get_object()
        for page in written(a_report()).pages
        for font in page["/Resources"]["/Font"].get_object().values()
    ]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        descriptor = inner["/FontDescriptor"].get_object()
        assert any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def test_the_pictures_are_in_it_but_the_curve_is_lines_and_text(written):
    page = written(a_report()).pages[0]

    assert len(page.images) == 2
    text = text_of(page)
    for part in (
        *("Dice vs expert labels", "0.2", "Number of sequences", "WT 0.80", "TC …"),
        *("Mean Dice of 15 subsets", "bands: worst to best subset", "dashed: mean of 7 patients"),
    ):
        assert part in text, part
    without = written(a_report(), curve=False).pages[0]
    assert "Number of sequences" not in text_of(without)
    drawn, plain = (len(p.get_contents().get_data()) for p in (page, without))
    assert drawn > plain + 1000


def test_points_of_the_curve_are_drawn_at_their_scores(qapp):
    image = picture("white", 800)
    image = image.scaled(800, 700)
    with painting(image) as painter:
        bottom = draw_curve(painter, A_CURVE, QPointF(0, 0), 800.0, dots_per_pt=6.0)
        assert bottom == curve_height(A_CURVE, 800.0, dots_per_pt=6.0, painter=painter)

    page = rgb_of(image).astype(int)
    lines = np.flatnonzero((np.abs(page - 0xD8).sum(axis=2) < 12).mean(axis=1) > 0.5)
    top, base = lines.min(), lines.max()  # 1.0 and 0.0
    rows, columns = np.nonzero(np.abs(page - [240, 228, 66]).sum(axis=2) < 12)
    in_axes = rows < base
    scores = (base - rows[in_axes]) / (base - top)
    one = columns[in_axes] < 400  # at one sequence; the other point is at four
    assert np.median(scores[one]) == pytest.approx(0.6, abs=0.02)
    assert np.median(scores[~one]) == pytest.approx(0.9, abs=0.02)
    assert one.sum() < (~one).sum()  # the current subset is larger


def test_a_place_that_cannot_be_written_is_an_error(qapp, tmp_path):
    with pytest.raises(ResourceError, match="cannot be written"):
        PageWriter(tmp_path / "no folder" / "x.pdf", paper="a4", title="x")
