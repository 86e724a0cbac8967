"""`scores.csv`, the long table, written and read back without loss.

case,subset,region,metric,value,policy,seen_in_training
BraTS2021_00006,FLAIR+T2,WT,dice,0.8712…,"empty truth: …",false
"""

import csv
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError, CcsdError
from ccsd_core.evaluation.results.result import Score

COLUMNS = ("case", "subset", "region", "metric", "value", "policy", "seen_in_training")
NAME = "scores.csv"
_TRUTHS = {"true": True, "false": False}


class ScoresError(BadInputError):
    """A table of scores that cannot be used."""


def scores_csv(scores: Iterable[Score]) -> str:
    """The long table; values are written so that reading gives the same number."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for score in scores:
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


def holds_scores(folder: Path) -> bool:
    """Whether a folder has a table of scores, by its columns."""
    try:
        with (folder / NAME).open(encoding="utf-8") as file:
            return file.readline().rstrip() == ",".join(COLUMNS)
    except (OSError, UnicodeDecodeError):
        return False


def read_scores(path: Path) -> tuple[Score, ...]:
    """The scores of an evaluation.

    Args:
        path: Its folder, or the file itself.

    Raises:
        ScoresError: If it is not such a table; the message states the line.
    """
    file = path / NAME if path.is_dir() else path
    if not file.is_file():
        raise ScoresError(
            f"no scores at {file}: give the output folder of `ccsd-app evaluate`, or its {NAME}"
        )
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScoresError(f"{file} cannot be read as text ({error}): is it a {NAME}?") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ScoresError(
            f"{file} has no column {', '.join(missing)}: it is not a {NAME} written by `ccsd-app "
            "evaluate`"
        )
    scores: dict[tuple[str, ModalitySubset, Region, str], Score] = {}
    for row in reader:
        where = f"{file}, line {reader.line_num}"
        score = _score(row, where)
        key = (score.case, score.subset, score.region, score.metric)
        if key in scores:
            raise ScoresError(
                f"{where}: {score.metric} of {score.case}, {score.subset}, {score.region.name} "
                "occurs twice: evaluate again"
            )
        scores[key] = score
    if not scores:
        raise ScoresError(f"{file} contains no scores: evaluate again")
    return tuple(scores.values())


def _score(row: Mapping[str | None, str | None], where: str) -> Score:
    cells = {name: row.get(name) for name in COLUMNS}
    absent = next((name for name, cell in cells.items() if cell is None), None)
    if absent is not None or None in row:
        what = f"has no {absent}" if absent is not None else "has too many cells"
        raise ScoresError(f"{where} {what}: the file was truncated or changed; evaluate again")
    text = {name: cell or "" for name, cell in cells.items()}
    try:
        subset, region = ModalitySubset.parse(text["subset"]), Region.parse(text["region"])
    except CcsdError as error:
        raise ScoresError(f"{where}: {error}") from error
    seen = _TRUTHS.get(text["seen_in_training"])
    if seen is None:
        raise ScoresError(
            f"{where}: seen_in_training is {text['seen_in_training']!r}: use true or false"
        )
    value = _number(text["value"], where)
    return Score(text["case"], subset, region, text["metric"], value, text["policy"], seen)


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise ScoresError(f"{where}: the value {text!r} is not a number: write a number or nan")
    return value
