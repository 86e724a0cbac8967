"""Which sequence a series is, by its description and its times, and whether they agree.

    excluded?  ──▶ words ─┐
                          ├─▶ FLAIR, T1, T2 ──▶ T1: contrast agent? ──▶ T1 or T1c
                   times ─┘

If description and times disagree, the times count, because the scanner wrote them and a person
wrote the description. The result is then marked as doubtful.
"""

from dataclasses import dataclass

from ccsd_core.dicom.recognition.contrast import contrast_of
from ccsd_core.dicom.recognition.exclusion import exclusion_of
from ccsd_core.dicom.recognition.kinds import WANTED, Kind
from ccsd_core.dicom.recognition.timing import times_text, timing_of
from ccsd_core.dicom.recognition.vocabulary import WEIGHTINGS, plain
from ccsd_core.dicom.series import Series
from ccsd_core.domain.modality import Modality

_STATED = {"FLUID_ATTENUATED": Kind.FLAIR, "T1": Kind.T1, "T2": Kind.T2}
"""Acquisition Contrast of enhanced files."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The recognised kind of a series.

    Args:
        kind: The kind of image.
        modality: The sequence; None if the series is excluded.
        reason: The evidence, as a sentence without a full stop.
        doubtful: Whether there is contrary evidence.
    """

    kind: Kind
    modality: Modality | None
    reason: str
    doubtful: bool = False

    @property
    def label(self) -> str:
        """Name for the user: `T1c`, `localiser`."""
        return self.kind.value if self.modality is None else self.modality.label


@dataclass(frozen=True, slots=True)
class _Weighting:
    kind: Kind
    reason: str
    doubtful: bool = False


def recognise(series: Series) -> Guess:
    """Recognise the sequence of a series from its headers."""
    exclusion = exclusion_of(series)
    if exclusion is not None:
        return Guess(exclusion.kind, None, exclusion.reason)
    weighting = _weighting(series)
    if weighting.kind not in WANTED:
        return Guess(weighting.kind, None, weighting.reason, weighting.doubtful)
    if weighting.kind is not Kind.T1:
        modality = Modality.FLAIR if weighting.kind is Kind.FLAIR else Modality.T2
        return Guess(weighting.kind, modality, weighting.reason, weighting.doubtful)
    contrast = contrast_of(series)
    reason = f"{weighting.reason}; {contrast.reason}"
    if contrast.contradicted:
        reason += ", though the header names an agent"
    return Guess(
        Kind.T1,
        Modality.T1C if contrast.given else Modality.T1,
        reason,
        weighting.doubtful or contrast.contradicted,
    )


def _weighting(series: Series) -> _Weighting:
    named, word = _named(series)
    timing = timing_of(series.acquisition)
    times = times_text(series.acquisition)
    if timing is None:
        return _by_words_alone(named, word, times)
    fits = f"{times} are those of {timing.called}"
    if not named:
        return _Weighting(timing.kind, f"{fits}; its description names no sequence")
    if timing.kind in named:
        return _Weighting(timing.kind, f"its description says {word!r}, and {times} fit")
    return _Weighting(timing.kind, f"{fits}, though its description says {word!r}", doubtful=True)


def _by_words_alone(named: frozenset[Kind], word: str, times: str) -> _Weighting:
    if len(named) == 1:
        (kind,) = named
        why = f"{times} fit no usual sequence" if times else "its header has no TE and TR"
        return _Weighting(kind, f"its description says {word!r}; {why}", doubtful=bool(times))
    if named:
        return _Weighting(Kind.UNKNOWN, f"its description names several sequences ({word!r})")
    return _Weighting(
        Kind.UNKNOWN,
        f"its description names no sequence, and {times or 'no TE and TR'} tell none",
    )


def _named(series: Series) -> tuple[frozenset[Kind], str]:
    """The weightings named in the description, and the first such word."""
    stated = _STATED.get(series.acquisition.stated_contrast)
    for text in (series.first.description, series.first.protocol):
        described = plain(text)
        found = [(row.kind, m[0]) for row in WEIGHTINGS if (m := row.pattern.search(described))]
        if found:
            first = found[0][0]
            # `T2 FLAIR` and `T1 FLAIR` are one sequence each; `PD+T2` are two.
            alone = any("flair" in word for _, word in found) or first is Kind.FLAIR
            kinds = [first] if alone else [kind for kind, _ in found]
            return frozenset(kinds), found[0][1]
    if stated is None:
        return frozenset(), ""
    return frozenset((stated,)), series.acquisition.stated_contrast
