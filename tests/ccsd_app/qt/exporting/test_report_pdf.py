"""The pages of a report: read back by another library."""

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QColor, QImage

from ccsd_app.export.report import Report, ReportTable
from ccsd_app.qt.exporting.report_pdf import PageWriter, ReportPictures, write_report
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.errors import ResourceError
from ccsd_core.version import software_version

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
        pictures = ReportPictures(views, picture("green", 400) if curve else None)
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


def test_the_pictures_are_in_it(written):
    assert len(written(a_report()).pages[0].images) == 3
    assert len(written(a_report(), curve=False).pages[0].images) == 2


def test_a_place_that_cannot_be_written_is_an_error(qapp, tmp_path):
    with pytest.raises(ResourceError, match="cannot be written"):
        PageWriter(tmp_path / "no folder" / "x.pdf", paper="a4", title="x")
