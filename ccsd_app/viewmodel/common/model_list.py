"""View-model of the models: the bundled ones and those that the user added, with their scores.

resources/models/ + settings.models + the loaded one ──▶ ModelEntry, ModelEntry, …
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ccsd_core.domain.case import count_cases
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.errors import CcsdError
from ccsd_core.storage.models.bundled import bundled_models
from ccsd_core.storage.models.find import ModelDescription, describe_model
from ccsd_core.storage.models.manifest import MODEL_CARD

HASH_DIGITS = 8
NO_CARD = "This model has no card."


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model in the list.

    Args:
        model: What `find_model` accepts; None is the bundled default.
        bundled: Whether it comes with the program.
        current: Whether the window uses it.
        name: Its name.
        sha256: Hash of its weights; "" if it cannot be read.
        folder: Folder of its files.
        date: Day on which its files were written, `2026-11-30`.
        size_mb: Size of its files.
        scores: Its evaluation; None if there is none.
        card: Its card, Markdown.
        problem: Why it cannot be used; "" if it can.
    """

    model: str | None
    bundled: bool
    current: bool
    name: str
    sha256: str = ""
    folder: Path = Path()
    date: str = ""
    size_mb: float = 0.0
    scores: ReferenceScores | None = None
    card: str = ""
    problem: str = ""

    @property
    def removable(self) -> bool:
        """Whether the user may remove it: it was added, and is not in use."""
        return not self.bundled and not self.current

    @property
    def title(self) -> str:
        """Its name, and whether it is in use."""
        return f"{self.name} (in use)" if self.current else self.name

    @property
    def place(self) -> str:
        """Its folder, or "bundled"."""
        return "bundled" if self.bundled else str(self.folder)

    def mean_text(self, region: Region) -> str:
        """Mean Dice of a region over the 15 subsets and the test patients; "" if unknown."""
        if self.scores is None:
            return ""
        every = ModalitySubset.every()
        return f"{sum(self.scores.dice[s][region] for s in every) / len(every):.3f}"

    def full_text(self, region: Region) -> str:
        """Mean Dice of a region from all four sequences; "" if unknown."""
        return (
            "" if self.scores is None else f"{self.scores.dice[ModalitySubset.full()][region]:.3f}"
        )

    @property
    def cohort(self) -> str:
        """Whom the scores are means of."""
        if self.problem:
            return ""
        if self.scores is None:
            return "No evaluation lies beside its weights"
        return f"Means of {self.scores.cohort_text_for(None)}"


def model_entries(own: Sequence[Path], current: str | None) -> tuple[ModelEntry, ...]:
    """The bundled models, those that the user added, and the one in use.

    Args:
        own: Folders or files that the user added.
        current: The model in use, as `find_model` accepts it.
    """
    in_use = _sha256(current)
    entries = [_entry(one.name, in_use, bundled=True) for one in bundled_models()]
    entries += [_entry(str(path), in_use) for path in own]
    if not any(entry.current for entry in entries):
        entries.append(_entry(current, in_use))
    return tuple(entries)


def _entry(model: str | None, in_use: str, *, bundled: bool = False) -> ModelEntry:
    try:
        found = describe_model(model)
    except CcsdError as error:
        name = "bundled model" if model is None else Path(model).name
        place = Path(model or "")
        return ModelEntry(
            model, bundled, current=not in_use, name=name, folder=place, problem=str(error)
        )
    manifest = found.manifest
    files = [path for path in found.folder.iterdir() if path.is_file()]
    newest_s = max((path.stat().st_mtime for path in files), default=0.0)
    return ModelEntry(
        model,
        bundled,
        current=manifest.sha256 == in_use,
        name=manifest.name,
        sha256=manifest.sha256,
        folder=found.folder,
        date=time.strftime("%Y-%m-%d", time.localtime(newest_s)),
        size_mb=sum(path.stat().st_size for path in files) / 1e6,
        scores=found.reference_scores,
        card=_card(found),
    )


def _sha256(model: str | None) -> str:
    try:
        return describe_model(model).manifest.sha256
    except CcsdError:
        return ""


def _card(found: ModelDescription) -> str:
    """The card; without one, what the manifest says."""
    try:
        return (found.folder / MODEL_CARD).read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        manifest = found.manifest
        trained = f"Trained on {count_cases(manifest.training_cases)}."
        licence = f"Licence: {manifest.licence or 'not stated'}."
        return f"{NO_CARD}\n\n{trained} {licence} {manifest.software}"
