"""The report of a case as PDF: searchable text, embedded fonts, and pictures.

    page 1   pictures of both subsets and of the surfaces · volumes · curve · what next
             remarks · the model · provenance
    page 2   every computed subset

The disclaimer is at the top and at the bottom of every page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from ccsd_app.export.report import Report, ReportTable
from ccsd_app.qt.exporting.report_curve import curve_height, draw_curve
from ccsd_app.viewmodel.panels.curve_panel import CurvePlot
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.errors import ResourceError
from ccsd_core.version import software_version

DPI = 300
DOTS_PER_PT = DPI / 72
MARGIN_MM = 14.0
GAP_MM = 3.0
FONT_PT = 8.0
CURVE_WIDTH, RIGHT_COLUMN = 0.49, 0.52
"""The curve, and the left edge of the tables beside it, as fractions of the page's width."""
PAPERS = {"a4": QPageSize.PageSizeId.A4, "letter": QPageSize.PageSizeId.Letter}
STYLE = """
h1 { font-size: 13pt; margin: 0 } h2 { font-size: 9pt; margin: 12px 0 6px 0 }
p { margin: 3px 0 } td, th { padding: 3px 22px 3px 0; text-align: left }
.small { font-size: 7pt; color: #444444 }
"""
"""Lengths in px are dots at the resolution of the PDF."""


@dataclass(frozen=True, slots=True)
class ReportPictures:
    """The pictures of a report.

    Args:
        views: Pictures in one row, each with the text below it.
        curve: The robustness curve, which is drawn as lines and text; None if there is none.
    """

    views: Sequence[tuple[QImage, str]]
    curve: CurvePlot | None


class PageWriter:
    """Puts blocks below each other on pages of a PDF; starts a new page when one is full."""

    def __init__(self, path: Path, *, paper: str, title: str) -> None:
        self._writer = QPdfWriter(str(path))
        self._writer.setPdfVersion(QPdfWriter.PdfVersion.PdfVersion_1_6)
        self._writer.setResolution(DPI)
        self._writer.setTitle(title)
        self._writer.setCreator(software_version())
        page = QPageSize(PAPERS[paper])
        margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
        unit = QPageLayout.Unit.Millimeter
        layout = QPageLayout(page, QPageLayout.Orientation.Portrait, margins, unit)
        self._writer.setPageLayout(layout)
        self._title = title
        self._page = 0
        self._painter = QPainter()
        if not self._painter.begin(self._writer):
            raise ResourceError(f"{path} cannot be written: choose another place")
        self._y = 0.0
        self._begin_page()

    def text(
        self, html: str, *, left: float = 0.0, width: float = 1.0, stay: bool = False
    ) -> float:
        """Write a block.

        Args:
            html: Its text.
            left: Its left edge, as a fraction of the page's width.
            width: Its width, as a fraction of the page's width.
            stay: Whether the next block starts at the same height, next to this one.

        Returns:
            The lower edge of the block, in device units from the top.
        """
        document = self._document(html, width * self._width)
        height = document.size().height()
        if self._y + height > self._bottom and self._y > self._top:
            self.new_page()
        end = self._y + height
        self._draw(document, left * self._width, self._y)
        if not stay:
            self._y = end + self._mm(GAP_MM)
        return end

    def pictures(self, pictures: Sequence[tuple[QImage, str]]) -> None:
        """Draw pictures of equal height side by side, each with its text below."""
        if not pictures:
            return
        gap = self._mm(GAP_MM)
        ratios = [image.width() / max(image.height(), 1) for image, _ in pictures]
        height = (self._width - gap * (len(pictures) - 1)) / sum(ratios)
        x, lowest = 0.0, self._y
        for (image, text), ratio in zip(pictures, ratios, strict=True):
            place = QRectF(x, self._y, height * ratio, height)
            self._painter.drawImage(place, image)
            document = self._document(f"<p class='small'>{escape(text)}</p>", place.width())
            self._draw(document, x, self._y + height)
            lowest = max(lowest, self._y + height + document.size().height())
            x += place.width() + gap
        self._y = lowest + gap

    def curve(self, plot: CurvePlot, *, width: float) -> float:
        """Draw the curve at the left of the current height; returns its lower edge.

        Args:
            plot: The curve.
            width: Its width, as a fraction of the page's width.
        """
        corner = QPointF(0.0, self._y)
        return draw_curve(self._painter, plot, corner, width * self._width, dots_per_pt=DOTS_PER_PT)

    def make_room(self, plot: CurvePlot, html: str, *, width: float) -> None:
        """Start a new page if the curve and a text beside it do not fit on this one."""
        curve = curve_height(
            plot, width * self._width, dots_per_pt=DOTS_PER_PT, painter=self._painter
        )
        text = self._document(html, (1 - width) * self._width).size().height()
        if self._y + max(curve, text) > self._bottom and self._y > self._top:
            self.new_page()

    def go_to(self, y: float) -> None:
        """Continue at a height, in device units from the top."""
        self._y = y + self._mm(GAP_MM)

    def end(self) -> None:
        """Finish the file."""
        self._painter.end()

    def new_page(self) -> None:
        """Start a new page."""
        self._writer.newPage()
        self._begin_page()

    def _begin_page(self) -> None:
        self._page += 1
        self._width = float(self._writer.width())
        whole = float(self._writer.height())
        header = self._document(
            f"<p class='small'><b>{escape(self._title)}</b> · {escape(DISCLAIMER)}</p>", self._width
        )
        self._draw(header, 0, 0)
        footer = self._document(
            f"<p class='small'>{escape(DISCLAIMER)} · {escape(software_version())} · "
            f"page {self._page}</p>",
            self._width,
        )
        self._draw(footer, 0, whole - footer.size().height())
        self._top = self._y = header.size().height() + self._mm(GAP_MM)
        self._bottom = whole - footer.size().height() - self._mm(GAP_MM)

    def _document(self, html: str, width: float) -> QTextDocument:
        document = QTextDocument()
        document.documentLayout().setPaintDevice(self._writer)
        font = QFont()
        font.setPointSizeF(FONT_PT)
        document.setDefaultFont(font)
        document.setDefaultStyleSheet(STYLE)
        document.setDocumentMargin(0)
        document.setHtml(html)
        document.setTextWidth(width)
        return document

    def _draw(self, document: QTextDocument, x: float, y: float) -> None:
        self._painter.save()
        self._painter.translate(x, y)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(context.palette.ColorRole.Text, Qt.GlobalColor.black)
        document.documentLayout().draw(self._painter, context)
        self._painter.restore()

    def _mm(self, millimetres: float) -> float:
        return millimetres / 25.4 * DPI


def write_report(
    writer: PageWriter, report: Report, pictures: ReportPictures, *, model_card: str = ""
) -> None:
    """Write the pages of one case.

    Args:
        writer: The pages.
        report: The content.
        pictures: Its pictures.
        model_card: The first paragraphs of the model's card.
    """
    inputs = "".join(f"<p>Input: {escape(line)}</p>" for line in report.inputs)
    writer.text(f"<h1>{escape(report.case)}</h1>{inputs}")
    writer.pictures(pictures.views)
    writer.text(table_html(report.regions))
    if pictures.curve is not None:
        right_column = table_html(report.criticality) + table_html(report.next_sequences)
        writer.make_room(pictures.curve, right_column, width=CURVE_WIDTH)
        ends = writer.text(right_column, left=RIGHT_COLUMN, width=1 - RIGHT_COLUMN, stay=True)
        writer.go_to(max(ends, writer.curve(pictures.curve, width=CURVE_WIDTH)))
    else:
        writer.text(table_html(report.criticality) + table_html(report.next_sequences))
    if report.measurements.rows:
        writer.text(table_html(report.measurements))
    if report.remarks:
        lines = "".join(f"<p>• {escape(line)}</p>" for line in report.remarks)
        writer.text(f"<h2>Remarks</h2>{lines}")
    if model_card:
        lines = "".join(f"<p>{escape(part)}</p>" for part in model_card.split("\n\n"))
        writer.text(f"<h2>The model</h2>{lines}")
    lines = "".join(f"<p class='small'>{escape(line)}</p>" for line in report.provenance)
    writer.text(f"<h2>Provenance</h2>{lines}")
    writer.text(table_html(report.every_subset))


def table_html(table: ReportTable) -> str:
    """A table with its title and note; "" if it is empty."""
    if not table.rows and not table.note:
        return ""
    parts = [f"<h2>{escape(table.title)}</h2>"]
    if table.rows:
        header = "".join(f"<th>{escape(cell)}</th>" for cell in table.headings)
        lines = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in table.rows
        )
        parts.append(f"<table cellspacing='0' cellpadding='0'><tr>{header}</tr>{lines}</table>")
    if table.note:
        parts.append(f"<p class='small'>{escape(table.note)}</p>")
    return "".join(parts)
