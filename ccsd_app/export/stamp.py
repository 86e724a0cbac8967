"""The provenance in every export: the case, the input, the model, and the disclaimer.

    Stamp ─┬─ fields   names and values, for comments and text chunks
           ├─ caption  two lines under a picture
           └─ as_json  for JSON, glTF extras and sidecar files

The case is named only by its id: folders and files are omitted, because their names may contain a
patient's name.
"""

from dataclasses import dataclass, field, replace
from typing import Self

from ccsd_app.session.bookmark import Bookmark
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import listed
from ccsd_app.viewmodel.common.provenance import HASH_DIGITS
from ccsd_app.viewmodel.panels.compare_bar import compared_side
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.reference_scores import weak_text
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER, describe_input
from ccsd_core.version import software_version

UNKNOWN = "unknown"
NO_RESULT = "no segmentation yet"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Provenance: what an exported file was made from.

    Args:
        case: The case's id.
        available: The sequences the case has.
        subset: The sequences given to the network; None for a picture without a segmentation.
        model: The model's name.
        sha256: Full hash of its weights.
        seen_in_training: Whether the model was trained on this case.
        weak: Regions with low mean Dice from that input; None if that is unknown, or for several
            inputs.
        not_opened: Sequences whose files were not opened.
        prepared: How the images were prepared; "" if they were not.
        count: Number of subsets in a file about several; else 0.
        degradations: What was done to sequences on purpose, to see what it costs.
    """

    case: str
    available: ModalitySubset
    subset: ModalitySubset | None
    model: str
    sha256: str
    seen_in_training: bool
    not_opened: frozenset[Modality | None] = frozenset()
    weak: tuple[Region, ...] | None = None
    count: int = 0
    prepared: str = ""
    degradations: Degradations = field(default_factory=Degradations)

    @classmethod
    def of(cls, state: State, subset: ModalitySubset | None = None) -> Self:
        """The stamp of one subset of the open case; None is the subset on screen, if any."""
        assert state.case is not None, "an export needs an open case"
        subset = state.shown if subset is None else subset
        model, preparation = state.model, state.preparation
        return cls(
            case=state.case.id,
            available=state.case.available,
            subset=subset,
            model=UNKNOWN if model is None else model.name,
            sha256=UNKNOWN if model is None else model.sha256,
            seen_in_training=state.seen_in_training,
            not_opened=state.case.not_opened,
            weak=None if model is None or subset is None else model.weak_from(subset),
            prepared="" if preparation is None else preparation.prepared.record.summary[0],
            degradations=state.applied,
        )

    @classmethod
    def of_bookmark(cls, state: State, mark: Bookmark) -> Self:
        """The stamp of what a bookmark of the open case shows."""
        return replace(cls.of(state, mark.used), degradations=mark.degradations)

    @classmethod
    def of_all(cls, state: State) -> Self:
        """The stamp of a file about every computed subset of the open case."""
        return replace(cls.of(state), subset=None, weak=None, count=len(state.results))

    @property
    def input(self) -> str:
        """`input: FLAIR, T2 · T1, T1c withheld`; `input: 15 subsets of FLAIR, …`."""
        if self.count:
            text = self._describe(self.available)
            return text.replace("input: ", f"input: {self.count} subsets of ", 1)
        return NO_RESULT if self.subset is None else self._describe(self.subset)

    def _describe(self, subset: ModalitySubset) -> str:
        return describe_input(
            subset, self.available, self.not_opened, degraded=self.degradations.labels
        )

    @property
    def fields(self) -> dict[str, str]:
        """All fields as short texts by name, in reading order."""
        return {
            "case": self.case,
            "input": self.input.removeprefix("input: "),
            "model": self.model,
            "model sha256": self.sha256,
            "seen in training": "yes" if self.seen_in_training else "no",
            **({"images": self.prepared} if self.prepared else {}),
            **({"degraded": self.degradations.text} if self.degradations else {}),
            **({"low mean Dice": listed(self.weak)} if self.weak else {}),
            "software": software_version(),
            "disclaimer": DISCLAIMER,
        }

    @property
    def lines(self) -> tuple[str, ...]:
        """The fields as lines `name: value`."""
        return tuple(f"{name}: {value}" for name, value in self.fields.items())

    @property
    def caption(self) -> tuple[str, str]:
        """The two lines under a picture."""
        parts = [f"model: {self.model} {self.sha256[:HASH_DIGITS]}", weak_text(self.weak or ())]
        model = " · ".join(filter(None, parts)) + (
            " · seen in training" if self.seen_in_training else ""
        )
        return (
            f"{self.case} · {self.input}",
            f"{model} · {software_version()} · {DISCLAIMER}",
        )

    def as_json(self) -> dict[str, object]:
        """All fields as JSON types; sequences that were not used are grouped by the reason."""
        given = self.subset
        absent = () if given is None else given.missing
        missing = [m for m in absent if m not in self.available]
        return {
            "case": self.case,
            "subset": None if given is None else str(given),
            "available": str(self.available),
            "input": self.input,
            "withheld": [m.label for m in absent if m in self.available],
            "not_opened": [m.label for m in missing if m in self.not_opened],
            "missing": [m.label for m in missing if m not in self.not_opened],
            "model": {"name": self.model, "sha256": self.sha256},
            "seen_in_training": self.seen_in_training,
            **({"images": self.prepared} if self.prepared else {}),
            "degraded": [
                {
                    "sequence": one.sequence.label,
                    "kind": one.kind,
                    "severity": one.severity,
                    "amount": one.amount,
                }
                for one in self.degradations.entries
            ],
            "low_mean_dice": None if self.weak is None else [r.name for r in self.weak],
            "software": software_version(),
            "disclaimer": DISCLAIMER,
        }


def compared_caption(state: State) -> tuple[str, ...]:
    """The lines under a picture that may show two subsets side by side."""
    first, *rest = Stamp.of(state).caption
    if not state.side_by_side:
        return first, *rest
    return first, f"compared with: {Stamp.of(compared_side(state)).input}", *rest
