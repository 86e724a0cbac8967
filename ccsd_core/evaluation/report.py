"""An evaluation as files: the long table, the summary, the curve.

OUT/
├── scores.csv      one row a number
├── summary.json    means, D_k, areas
└── curve.png       the picture
"""

import csv
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path

from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.result import Evaluation
from ccsd_core.evaluation.summary import summary
from ccsd_core.storage.atomic import write_bytes, write_text

COLUMNS = ("case", "subset", "region", "metric", "value", "policy", "seen_in_training")


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """Where the files of a report lie."""

    scores: Path
    summary: Path
    curve: Path


def make_report_folder(out: Path) -> None:
    """Make the folder of a report: asked before scoring, so that hours of it are not lost.

    Raises:
        BadInputError: If it cannot be made or written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "a file is in the way" if _meets_a_file(error) else error.strerror or str(error)
        raise BadInputError(
            f"the folder {out} cannot be made ({reason}): name another with -o"
        ) from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise BadInputError(f"the folder {out} cannot be written: name another with -o")


def _meets_a_file(error: OSError) -> bool:
    return isinstance(error, FileExistsError | NotADirectoryError)


def write_report(evaluation: Evaluation, out: Path) -> ReportPaths:
    """Write the three files into the folder `out`, each of them whole or not at all.

    Raises:
        ResourceError: If a file cannot be written.
    """
    # Imported here: matplotlib takes longer to load than a whole `--help`.
    from ccsd_core.evaluation.curve_figure import curve_png

    out = Path(out)
    paths = ReportPaths(out / "scores.csv", out / "summary.json", out / "curve.png")
    write_text(paths.scores, scores_csv(evaluation))
    write_text(paths.summary, json.dumps(summary(evaluation), indent=2, allow_nan=False) + "\n")
    write_bytes(paths.curve, curve_png(evaluation))
    return paths


def scores_csv(evaluation: Evaluation) -> str:
    """The long table; values are written so that reading gives the same number again."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for score in evaluation.scores:
        writer.writerow(
            (
                score.case,
                str(score.subset),
                score.region.name,
                score.metric,
                repr(score.value),
                score.policy,
                "true" if score.seen_in_training else "false",
            )
        )
    return buffer.getvalue()
