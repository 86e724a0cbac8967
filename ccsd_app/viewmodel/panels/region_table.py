"""View-model of the regions table: volume, change against all sequences, and score."""

from dataclasses import dataclass

from ccsd_app.scene.cropped_regions import reference_labels
from ccsd_app.scene.palette import Rgb, region_colours
from ccsd_app.scene.per_array_cache import PerArrayCache
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import TINY_ML, absent_regions, listed
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.provenance import (
    score_name,
    score_name_in_text,
    score_of_seen,
    score_title,
)
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.signed import signed_change
from ccsd_app.viewmodel.common.volume_intervals import volume_intervals
from ccsd_app.viewmodel.panels.case_panel import input_banner
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import interval_text
from ccsd_core.domain.volume_text import ml_text

NO_SCORE = "–"
FAR = 1.5
"""A volume that is this many times as large or as small as the expert's is pointed out."""
_voxels = PerArrayCache[tuple[int, ...]]()


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One row of the table; a text is "" if there is no number (yet)."""

    region: Region
    colour: Rgb
    visible: bool
    volume: str
    change: str
    score: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class RegionTable:
    """What the table shows.

    Args:
        rows: WT, TC, ET.
        score_name: Heading of the score column.
        score_hint: The full name of the score.
        seen: Whether scores are shown of a case that the model was trained on.
        empty: A note that a score is 1 or 0 because a region is absent; "" otherwise.
        expert: The expert's volumes; "" if there are no labels.
        intervals: Prediction intervals of the volumes; "" if none are known.
        intervals_hint: Explanation of these intervals.
        stale: Whether the numbers are greyed: they are of another subset than the selected one,
            or of a head that may have its skull.
        far: Volumes that are far from the expert's; "" if there are none.
    """

    rows: tuple[RegionRow, ...]
    score_name: str
    score_hint: str
    seen: bool
    empty: str
    expert: str
    stale: bool
    far: str
    intervals: str = ""
    intervals_hint: str = ""


def scores_of(result: SubsetResult, state: State) -> dict[Region, float]:
    """The scores that panels show: Dice where there are expert labels, otherwise agreement."""
    scores = result.dice if score_name(state) == "Dice" else result.agreement
    return dict(scores or {})


def score_text(score: float | None, result: SubsetResult, state: State, *, digits: int = 3) -> str:
    """A score as text: "" if there is none yet, a dash where it is not informative.

    All sequences agree with themselves.
    """
    if score is None:
        return ""
    itself = result is state.full_result and score_name(state) != "Dice"
    return NO_SCORE if itself else f"{score:.{digits}f}"


def region_table(state: State) -> RegionTable:
    """The table for the result on screen."""
    rows = tuple(_row(region, state) for region in Region)
    seen = score_of_seen(state) and state.result is not None
    return RegionTable(
        rows,
        score_name(state),
        sentence(score_title(state)),
        seen,
        _empty(state),
        _expert(state),
        (state.waiting and state.result is not None) or bool(input_banner(state)[1]),
        _far(state),
        *_intervals(rows, state),
    )


def _empty(state: State) -> str:
    result = state.result
    if result is None:
        return ""
    scores = scores_of(result, state)
    absent = absent_regions(state)
    dice = score_name(state) == "Dice"
    if result is state.full_result and not dice:
        return f"No {listed(absent)} predicted" if absent else ""  # there is no score to explain
    both = "in prediction or expert labels" if dice else "in either prediction"
    other = "in the expert labels" if dice else "predicted from all sequences"
    lines: list[str] = []
    for score, where in ((1, both), (0, other)):
        names = ", ".join(r.name for r in absent if scores.get(r) == score)
        if names:
            lines.append(f"No {names} {where}; {score_name_in_text(state)} set to {score}")
    return "\n".join(lines)


def _expert_ml(state: State) -> dict[Region, float]:
    """The volumes of the expert labels in mL; empty where there are no labels."""
    nested_labels = None if state.case is None else reference_labels(state.case)
    if state.case is None or nested_labels is None:
        return {}
    counts = _voxels.get(
        nested_labels.values,
        lambda: tuple(int((nested_labels.values > region).sum()) for region in Region),
    )
    voxel_ml = state.case.grid.voxel_ml
    return {region: count * voxel_ml for region, count in zip(Region, counts, strict=True)}


def _expert(state: State) -> str:
    """The volumes of the expert labels: `Expert: WT 131.6, TC 79.3, ET 28.4 mL`."""
    volumes = [f"{region.name} {ml_text(ml)}" for region, ml in _expert_ml(state).items()]
    return f"Expert: {', '.join(volumes)} mL" if volumes else ""


def _far(state: State) -> str:
    """`TC is 3.0 times the expert's volume`: volumes at least `FAR` times as large or small."""
    if state.result is None:
        return ""
    texts: list[str] = []
    for region, expert_ml in _expert_ml(state).items():
        ours_ml = state.result.volumes_ml[region]
        more, less = max(ours_ml, expert_ml), min(ours_ml, expert_ml)
        if more - less < TINY_ML or more < FAR * less:
            continue
        if less == 0:
            texts.append(f"{region.name}: {ml_text(ours_ml)} mL, expert {ml_text(expert_ml)} mL")
        else:
            ratio = ours_ml / expert_ml
            text = f"{ratio:.1f} times" if ratio >= 1 else f"{ratio:.0%}".replace("%", " %") + " of"
            texts.append(f"{region.name} is {text} the expert's volume")
    return "\n".join(texts)


def _intervals(rows: tuple[RegionRow, ...], state: State) -> tuple[str, str]:
    """`90 % interval: WT 71–99, TC 20–41, ET 5–9 mL`, and its explanation."""
    volumes = volume_intervals(state)
    if volumes is None or not all(row.interval for row in rows):
        return "", ""
    texts = [f"{row.region.name} {row.interval}" for row in rows]
    return f"{100 * volumes.level:.0f} % interval: {', '.join(texts)} mL", volumes.title


def _row(region: Region, state: State) -> RegionRow:
    result, full = state.result, state.full_result
    visible = region in state.visible
    colour = region_colours(state.colours)[region]
    if result is None:
        return RegionRow(region, colour, visible, "", "", "")
    change = ""
    if full is not None and full is not result:
        change = signed_change(result.volumes_ml[region], full.volumes_ml[region])
    score = scores_of(result, state).get(region)
    volume_ml, volumes = result.volumes_ml[region], volume_intervals(state)
    interval = ""
    if volumes is not None:
        interval_ml = volumes.interval_ml(volume_ml, subset=result.subset, region=region)
        interval = interval_text(*interval_ml)
    return RegionRow(
        region,
        colour,
        visible,
        ml_text(volume_ml),
        change,
        score_text(score, result, state),
        interval,
    )


class RegionTableModel:
    """Shows `region_table(state)`; a tick shows or hides a region."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = DerivedValue(session, region_table, ignores=CROSSHAIR + PROGRESS)

    def show(self, region: Region, *, visible: bool) -> None:
        self._session.become(self._session.state.showing(region, visible=visible))
