"""An evaluation as files: the long table, the summary, the table of subsets, the pictures.

OUT/
├── scores.csv      one row per number
├── summary.json    means, D_k, areas, 95 % intervals
├── table.md        the 15-row table as Markdown, with the comparison on request
├── table.csv       the same as data
├── table.png       the same as a picture
├── curve.png       the robustness curve
├── criticality.csv one row per case: criticality and drops in Dice, on request
├── against.csv     our scores next to published ones, on request
└── corruption.csv  one row per number of a corrupted sequence, on request
"""

import json
import os
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Self

from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.derived.expected_score import MissingRates
from ccsd_core.evaluation.paired.origin import SUMMARY
from ccsd_core.evaluation.published.published_comparison import PublishedComparison
from ccsd_core.evaluation.report.corruption_files import NAME as CORRUPTION
from ccsd_core.evaluation.report.corruption_files import corruption_csv
from ccsd_core.evaluation.report.criticality_file import NAME as CRITICALITY
from ccsd_core.evaluation.report.criticality_file import criticality_csv
from ccsd_core.evaluation.report.published_files import comparison_csv, comparison_markdown
from ccsd_core.evaluation.report.scores_file import NAME, holds_scores, scores_csv
from ccsd_core.evaluation.report.summary import summary
from ccsd_core.evaluation.report.table_files import table_csv, table_markdown
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.storage.atomic import check_place, write_bytes, write_text

AGAINST = "against.csv"
"""Written only if a published table is given."""


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """Paths of a report's files."""

    scores: Path
    summary: Path
    table: Path
    table_csv: Path
    table_png: Path
    curve: Path
    criticality: Path
    against: Path
    corruption: Path

    @classmethod
    def within(cls, out: Path) -> Self:
        """The paths of a report in a folder."""
        return cls(
            scores=out / NAME,
            summary=out / SUMMARY,
            table=out / "table.md",
            table_csv=out / "table.csv",
            table_png=out / "table.png",
            curve=out / "curve.png",
            criticality=out / CRITICALITY,
            against=out / AGAINST,
            corruption=out / CORRUPTION,
        )


FILES = tuple(path.name for path in astuple(ReportPaths.within(Path())))
"""Names of all files that a report may write."""


@contextmanager
def report_folder(out: Path, *, other_files: Collection[str] = ()) -> Generator[None, None, None]:
    """Create the folder of a report before scoring, so that hours of work are not lost.

    New folders are removed if this or the scoring fails before a file is written.

    Args:
        out: Folder of the report.
        other_files: Names of other files that will be written there.

    Raises:
        BadInputError: If it cannot be created or written, or contains other programs' files with
            these names.
    """
    new = [folder for folder in (out, *out.parents) if not os.path.exists(folder)]  # noqa: PTH110 — os.path: False for a name that is too long
    try:
        _make(out, (*FILES, *other_files))
        yield
    except BaseException:
        for folder in new:
            with suppress(OSError):  # keeps folders that are not empty, ignores those never created
                folder.rmdir()
        raise


def _make(out: Path, written: Collection[str]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (
            "a file has this name" if _is_file_conflict(error) else error.strerror or str(error)
        )
        raise BadInputError(
            f"the folder {out} cannot be created ({reason}): choose another with -o"
        ) from error
    check_place(out / NAME)
    existing = [name for name in written if (out / name).exists()]
    if existing and not holds_scores(out):
        raise BadInputError(
            f"{out} contains {', '.join(existing)}, but no evaluation of this program: it is not "
            "overwritten; choose another folder with -o"
        )


def _is_file_conflict(error: OSError) -> bool:
    return isinstance(error, FileExistsError | NotADirectoryError)


def write_report(
    evaluation: Evaluation,
    out: Path,
    *,
    against: PublishedComparison | None = None,
    rates: MissingRates | None = None,
) -> ReportPaths:
    """Write the files into the folder `out`, each completely or not at all.

    Args:
        evaluation: The evaluation.
        out: Folder of the report.
        against: Published numbers to compare with.
        rates: How often each sequence is missing, if the expected score is requested.

    Raises:
        ResourceError: If a file cannot be written.
    """
    # Imported here: matplotlib takes longer to load than a whole `--help`.
    from ccsd_core.evaluation.report.curve_figure import curve_png
    from ccsd_core.evaluation.report.table_figure import table_png

    paths = ReportPaths.within(Path(out))
    write_text(paths.scores, scores_csv(evaluation.scores))
    content = summary(evaluation, rates=rates)
    write_text(paths.summary, json.dumps(content, indent=2, allow_nan=False) + "\n")
    markdown = table_markdown(evaluation, rates=rates)
    if against is not None:
        markdown += "\n" + comparison_markdown(against)
        write_text(paths.against, comparison_csv(against))
    else:
        # A file of an earlier evaluation would be mistaken for one of this evaluation.
        paths.against.unlink(missing_ok=True)
    if evaluation.corrupted:
        write_text(paths.corruption, corruption_csv(evaluation))
    else:
        paths.corruption.unlink(missing_ok=True)
    if any(case.criticality is not None for case in evaluation.cases):
        write_text(paths.criticality, criticality_csv(evaluation))
    else:
        paths.criticality.unlink(missing_ok=True)
    write_text(paths.table, markdown)
    write_text(paths.table_csv, table_csv(evaluation))
    write_bytes(paths.table_png, table_png(evaluation))
    write_bytes(paths.curve, curve_png(evaluation))
    return paths
