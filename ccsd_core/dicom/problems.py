"""Problems of a series that would otherwise be used, one line each, with what to do."""

from ccsd_core.dicom.series import Series


def problem_of(series: Series) -> str:
    """The problem of a series and what to do; empty if there is none."""
    damaged = series.damaged
    if damaged:
        first = damaged[0]
        more = f" and {len(damaged) - 1} more" if len(damaged) > 1 else ""
        what = (
            f"is truncated ({first.lacks_bytes} bytes of pixels are missing)"
            if first.has_pixels
            else "has no pixel data"
        )
        return f"{first.shown_name}{more} {what}: copy or export the series again"
    if series.stack.matrix[0] * series.stack.matrix[1] == 0:
        return f"{series.first.shown_name} does not state the image size: export the series again"
    if series.stack.corners_mm is None or 0 in series.stack.spacing_mm:
        return (
            f"{series.first.shown_name} does not state the position of its slices: export "
            "the original series, not a copy made for viewing"
        )
    if series.missing:
        there = series.count
        images = "1 image is" if series.missing == 1 else f"{series.missing} images are"
        return (
            f"{images} missing ({there} are present): export the whole series again, "
            "or choose it manually to use it with a gap"
        )
    if series.stack.uneven:
        return (
            "slice distances are uneven: export the original series, or choose it manually "
            "to have it resampled evenly"
        )
    if series.stack.repeats == 0:
        return (
            "some slices occur more often than others: export the whole series again, "
            "or choose it manually"
        )
    return ""
