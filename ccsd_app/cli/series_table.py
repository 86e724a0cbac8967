"""The series of a DICOM study as a table for people, and as JSON."""

from collections.abc import Sequence

from ccsd_core.dicom.selection import Row, Selection
from ccsd_core.dicom.stack import Stack
from ccsd_core.dicom.study import Study

WIDEST_DESCRIPTION = 32
HEADINGS = (
    "series",
    "description",
    "plane",
    "matrix",
    "spacing mm",
    "images",
    "agent",
    "recognised as",
    "used as",
)
NONE = "–"


def table(study: Study, selection: Selection) -> str:
    """One line for each series, and below it the reasons for its sequence and its use."""
    cells = [HEADINGS, *(_cells(row) for row in selection.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    count = len(study.series)
    lines = [f"{study.alias}: {count} series, {len(selection.used)} used", ""]
    lines.append(_line(HEADINGS, widths))
    indent = " " * (widths[0] + 2)
    for row, line in zip(selection.rows, cells[1:], strict=True):
        lines += [_line(line, widths), f"{indent}{_reason(row)}"]
    return "\n".join(lines)


def as_json(study: Study, selection: Selection) -> dict[str, object]:
    """The same for programs; nothing in it names the patient."""
    return {"study": study.alias, "series": [_json(row) for row in selection.rows]}


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _reason(row: Row) -> str:
    doubt = "doubtful: " if row.guess.doubtful else ""
    reasons = [f"{doubt}{row.guess.reason}"]
    if row.guess.modality is not None or row.used_as is not None:
        reasons.append(row.why)
    if row.problem and row.problem not in reasons:
        reasons.append(row.problem)
    return "; ".join(reason for reason in reasons if reason)


def _cells(row: Row) -> tuple[str, ...]:
    series, stack = row.series, row.series.stack
    has_matrix = stack.matrix[0] * stack.matrix[1] > 0
    return (
        series.label,
        _shortened(series.description) or NONE,
        _plane(stack),
        "×".join(map(str, stack.matrix)) if has_matrix else NONE,
        _spacing(stack),
        f"{series.count} {_dimension(row)}".strip(),
        _shortened(series.acquisition.agent) or NONE,
        row.guess.label,
        NONE if row.used_as is None else row.used_as.label,
    )


def _dimension(row: Row) -> str:
    """2-D or 3-D, and whether all slices are in one file; "" for a series without images."""
    series = row.series
    if not series.stack.plane:
        return ""
    dimension = "3-D" if series.is_3d else "2-D"
    return f"{dimension} multi-frame" if series.is_enhanced else dimension


def _plane(stack: Stack) -> str:
    if not stack.plane:
        return NONE
    tilt = round(stack.oblique_degrees)
    return f"{stack.plane} {tilt}°" if tilt else stack.plane


def _spacing(stack: Stack) -> str:
    if 0 in stack.spacing_mm[:2]:
        return NONE
    return "×".join(f"{mm:.3g}" for mm in stack.spacing_mm)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDEST_DESCRIPTION else line[: WIDEST_DESCRIPTION - 1] + "…"


def _json(row: Row) -> dict[str, object]:
    series, stack, acquisition = row.series, row.series.stack, row.series.acquisition
    return {
        "series": series.label,
        "description": series.description,
        "plane": stack.plane,
        "oblique_degrees": round(stack.oblique_degrees, 2),
        "matrix": list(stack.matrix),
        "spacing_mm": list(stack.spacing_mm),
        "images": series.count,
        "missing": series.missing,
        "dimension": "3D" if series.is_3d else "2D",
        "multi_frame": series.is_enhanced,
        "contrast_agent": acquisition.agent,
        "echo_ms": acquisition.echo_ms,
        "repetition_ms": acquisition.repetition_ms,
        "inversion_ms": acquisition.inversion_ms,
        "looks_like": row.guess.label,
        "reason": row.guess.reason,
        "doubtful": row.guess.doubtful,
        "used_as": None if row.used_as is None else row.used_as.label,
        "why": row.why,
        "problem": row.problem,
    }
