"""The origin of an evaluation: its folder, model, post-processing and cases.

`scores.csv` states the post-processing; the model and the part of a split are in `summary.json`
next to it, if that exists.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from ccsd_core.evaluation.results.policy import NOT_KNOWN, rules_of
from ccsd_core.evaluation.results.result import Score
from ccsd_core.storage.documents import parsed_json

SUMMARY = "summary.json"
"""File next to `scores.csv`: means, and what was scored."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Folder, model and cases of an evaluation's scores.

    Args:
        place: The folder or file, as the user named it.
        model, sha256: Name and hash of the model; for label maps, of their folder and files.
        postprocess: The post-processing rules of its output.
        split: The requested part of a split; empty for all cases of a folder.
    """

    place: str
    model: str
    sha256: str
    postprocess: str
    split: str

    def __str__(self) -> str:
        model = f"{self.model} {self.sha256[:8]}".strip()
        split = f"; {self.split}" if self.split else ""
        return f"{self.place}: model {model}; post-processing {self.postprocess}{split}"

    def as_json(self) -> dict[str, str]:
        """The origin as JSON values, by field name."""
        return asdict(self)


def origin_of(path: Path, scores: Sequence[Score], *, metric: str) -> Origin:
    """Read the origin of the scores in a folder.

    Args:
        path: The folder of an evaluation, or its `scores.csv`.
        scores: The scores read from it.
        metric: The metric that is compared.
    """
    summary = _summary((path if path.is_dir() else path.parent) / SUMMARY)
    model, split = _table(summary, "model"), _table(summary, "split")
    rules = dict.fromkeys(rules_of(score.policy) for score in scores if score.metric == metric)
    return Origin(
        place=str(path),
        model=model.get("name", NOT_KNOWN),
        sha256=model.get("sha256", ""),
        postprocess=" / ".join(rules) or NOT_KNOWN,
        split=split.get("name", ""),
    )


def _summary(file: Path) -> dict[str, object]:
    try:
        content = parsed_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return _object(content)


def _table(content: dict[str, object], name: str) -> dict[str, str]:
    return {key: str(value) for key, value in _object(content.get(name)).items()}


def _object(value: object) -> dict[str, object]:
    """A JSON object unchanged; empty for anything else."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
