"""The content of the report of a case: tables and texts, without drawing.

two subsets ─┬─ volumes, intervals and scores by region, compared with the expert labels
             ├─ every computed subset: volumes and scores
             ├─ what is missing, how hard each sequence is to replace, what to add next
             └─ the model in short, and provenance
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ccsd_app.export.stamp import Stamp
from ccsd_app.session.hidden import hidden
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import score_name
from ccsd_app.viewmodel.measuring.measure_panel import measure_panel
from ccsd_app.viewmodel.panels.criticality_panel import criticality_view
from ccsd_app.viewmodel.panels.criticality_values import CriticalityKind
from ccsd_app.viewmodel.panels.region_table import region_table, scores_of
from ccsd_app.viewmodel.panels.what_next_panel import what_next
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_text import ml_text

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table: its title, column headings, rows, and a note below it."""

    title: str
    headings: Row
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a report.

    Args:
        case: Name of the case.
        subsets: The subsets that are shown side by side: all sequences, and another if there is
            one.
        inputs: The sequences of each, and why the others are not used, in the same order.
        regions: Volumes and scores of these subsets.
        every_subset: Volumes and scores of all computed subsets.
        criticality: Drop in the score when each sequence is withheld.
        next_sequences: Gain from adding each unused sequence to the last of `subsets`, also as
            the mean over the regions per minute of scanner time.
        measurements: What the user measured; no rows if that is nothing.
        remarks: Cautions and notes, one sentence each.
        provenance: `name: value` lines.
    """

    case: str
    subsets: tuple[ModalitySubset, ...]
    inputs: tuple[str, ...]
    regions: ReportTable
    every_subset: ReportTable
    criticality: ReportTable
    next_sequences: ReportTable
    measurements: ReportTable
    remarks: tuple[str, ...]
    provenance: tuple[str, ...]


def report_subsets(state: State) -> tuple[ModalitySubset, ...]:
    """The subsets that a report shows: all sequences and the current one.

    If the current one is all sequences, the other is the subset with one sequence withheld that has
    the lowest mean score.
    """
    full = state.full_result
    if state.case is None or full is None or state.shown is None:
        return () if state.shown is None else (state.shown,)
    if state.shown != full.subset:
        return full.subset, state.shown
    fewer = list(full.subset.of_size(len(full.subset) - 1)) if len(full.subset) > 1 else []
    computed = [s for s in fewer if s in state.results and s not in hidden(state)]
    scored = [s for s in computed if scores_of(state.results[s], state)]
    if not scored:
        return (full.subset,)
    return full.subset, min(scored, key=lambda s: sum(scores_of(state.results[s], state).values()))


def report(state: State) -> Report:
    """The report of the open case, from the results that are computed.

    Args:
        state: A state with a case and a result on screen.
    """
    assert state.case is not None, "a report needs an open case"
    subsets = report_subsets(state)
    shown_state = state.using(subsets[-1])
    stamp = Stamp.of_all(state)
    return Report(
        state.case.id,
        subsets,
        tuple(Stamp.of(state, subset).input.removeprefix("input: ") for subset in subsets),
        _regions(state, subsets),
        _every_subset(state),
        _criticality(state),
        _next_sequences(shown_state),
        _measurements(state),
        _remarks(shown_state),
        tuple(line for line in stamp.lines if not line.startswith(("case:", "disclaimer:"))),
    )


def cover_table(reports: Sequence[Report]) -> ReportTable:
    """One row for each case: its sequences, and volumes and scores from all of them."""
    rows: list[Row] = []
    for one in reports:
        first = one.regions.rows[: len(Region)]
        volumes, scores = ([row[column] for row in first] for column in (2, -1))
        remarks = f"{len(one.remarks)}" if one.remarks else ""
        rows.append((one.case, one.inputs[0], " / ".join(volumes), " / ".join(scores), remarks))
    headings = ("Case", "Input", "mL, WT / TC / ET", "score, WT / TC / ET", "remarks")
    return ReportTable("All cases", headings, tuple(rows))


def _regions(state: State, subsets: tuple[ModalitySubset, ...]) -> ReportTable:
    tables = {subset: region_table(state.using(subset)) for subset in subsets}
    has_intervals = any(table.intervals for table in tables.values())
    rows = tuple(
        (subset.label, row.region.name, row.volume, *([row.interval] * has_intervals), row.score)
        for subset, table in tables.items()
        for row in table.rows
    )
    notes = [
        note
        for table in tables.values()
        for note in (table.expert, table.intervals_hint, table.empty.replace("\n", ". "))
    ]
    headings = (
        "Sequences",
        "Region",
        "mL",
        *(["90 % interval"] * has_intervals),
        score_name(state),
    )
    return ReportTable(
        "Volumes and scores", headings, rows, ". ".join(dict.fromkeys(filter(None, notes)))
    )


def _every_subset(state: State) -> ReportTable:
    assert state.case is not None
    name = score_name(state)
    rows: list[Row] = []
    hidden_subsets = hidden(state)
    for subset in state.case.available.subsets():
        result = state.results.get(subset)
        if result is None or subset in hidden_subsets:
            continue
        scores = scores_of(result, state)
        volumes = tuple(ml_text(result.volumes_ml[region]) for region in Region)
        rows.append(
            (subset.label, *volumes, *(f"{scores[r]:.3f}" if r in scores else "" for r in Region))
        )
    headings = (
        "Sequences",
        *(f"{r.name} mL" for r in Region),
        *(f"{name} {r.name}" for r in Region),
    )
    return ReportTable("All computed subsets", headings, tuple(rows))


def _criticality(state: State) -> ReportTable:
    kind = CriticalityKind.WITHHELD
    view = criticality_view(state, kind)
    rows = tuple(
        (group.name, *_by_region([(bar.name, bar.text) for bar in group.bars]))
        for group in view.groups
        if group.bars
    )
    headings = ("Without", *(region.name for region in Region))
    return ReportTable(
        f"Drop in {score_name(state)} without one sequence", headings, rows, view.note
    )


def _by_region(texts: list[tuple[str, str]]) -> Row:
    found = dict(texts)
    return tuple(found.get(region.name, "") for region in Region)


def _next_sequences(state: State) -> ReportTable:
    """Two rows for each sequence: its mean gain, and its gain in this case; what is known."""
    view = what_next(state)
    rows: list[Row] = []
    for row in view.rows:
        kinds = (
            ("mean", row.mean_gain, row.mean_per_minute),
            ("here", row.case_gain, row.case_per_minute),
        )
        known = [kind for kind in kinds if any(kind[1])]
        rows += [(row.modality.label, name, *gains, speed) for name, gains, speed in known]
        rows += [] if known else [(row.modality.label, row.status, "", "", "", "")]
    headings = ("Add", "gain", *(region.name for region in Region), "/ min")
    return ReportTable(f"What next, after {view.used}?", headings, tuple(rows), view.note)


def _measurements(state: State) -> ReportTable:
    rows = tuple((row.title, row.detail) for row in measure_panel(state).rows)
    note = (
        "Diameters: the axial slice with the longest diameter of the lesion, and the longest chord "
        "at a right angle to it. ± sample standard deviation."
    )
    return ReportTable("Measurements", ("Measurement", "Details"), rows, note if rows else "")


def _remarks(state: State) -> tuple[str, ...]:
    found: list[str] = []
    scores = None if state.model is None else state.model.reference_scores
    if scores is not None and state.shown is not None:
        found.append(scores.warning(state.shown, state.case))
    found += () if state.case is None else state.case.notes
    return tuple(filter(None, found))
