"""What the dialog shows of a run: state, time left, what can be done, curves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ccsd_app.engine.training.run_reader import Columns, TrainingRun
from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.viewmodel.training.estimate import duration
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.training.run.run_status import RunState

LOSS_PARTS = {
    "seg_full": "all sequences",
    "seg_subsets": "subsets",
    "seg_distilled": "distilled",
    "ranking": "ranking",
    "hmsd": "HMSD",
    "dmcd": "DMCD",
    "alignment": "alignment",
    "domain": "domain",
}
"""Names of the loss terms in the legend; the first three are segmentation losses."""
SMOOTHED_OVER = 15
"""Criticality and loss vary from step to step: curves are means over this many lines."""
COUNTS = range(1, 5)

Points = tuple[tuple[float, ...], tuple[float, ...]]
"""x and y of a curve."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve of a plot.

    Args:
        name: Its name in the legend.
        points: Its x and y.
        main: Whether it is the most important one.
        dashed: Whether it is dashed.
    """

    name: str
    points: Points
    main: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class RunCurves:
    """The curves of a run.

    Args:
        loss: The total loss and its terms, unweighted, by step.
        validation: Mean Dice, and that from one to four sequences, by step.
        robustness: Dice by number of sequences for each region: the newest validation, and dashed
            the best one if that is another.
        robustness_title: Which validations these are.
        criticality: Criticality of each sequence by step.
    """

    loss: tuple[Curve, ...]
    validation: tuple[Curve, ...]
    robustness: tuple[Curve, ...]
    robustness_title: str
    criticality: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class RunView:
    """What is shown besides the curves.

    Args:
        title: Name of the model.
        state: What the run is doing, in a word or two.
        detail: Step, speed, time left.
        fraction: Share of the work that is done; None if unknown.
        problem: Why it failed; "" otherwise.
        running: Whether its process is running.
        can_stop, can_resume, can_use, can_compare: What can be done now.
        use_hint: Which weights "Use this model" takes.
    """

    title: str
    state: str
    detail: str
    fraction: float | None
    problem: str
    running: bool
    can_stop: bool
    can_resume: bool
    can_use: bool
    can_compare: bool
    use_hint: str


def run_view(run: TrainingRun) -> RunView:
    """The view of a run."""
    finished = run.status is not None and run.status.state is RunState.FINISHED
    ended = not run.running and not run.starting
    done = 0 if run.status is None else run.status.done
    validated = bool(_steps(run.validation))
    return RunView(
        title=run.name or run.folder.name,
        state=_state(run),
        detail=_detail(run),
        fraction=_fraction(run),
        problem=message(run.problem),
        running=run.running,
        can_stop=run.running and not run.stopping and not run.starting,
        can_resume=ended and not finished and run.resumable,
        can_use=ended and run.has_model,
        can_compare=ended and run.has_model and validated,
        use_hint=_use_hint(run, validated=validated, done=done, finished=finished),
    )


def run_curves(run: TrainingRun) -> RunCurves:
    """The curves of a run."""
    steps = _steps(run.metrics)
    terms = [
        Curve(title, (steps, _smooth(run.metrics.get(name, ()))))
        for name, title in LOSS_PARTS.items()
        if any(value > 0 for value in run.metrics.get(name, ()))
    ]
    total = [Curve("total (weighted)", (steps, _smooth(run.metrics.get("loss", ()))), main=True)]
    criticality = [
        Curve(m.label, (steps, _smooth(run.metrics.get(f"criticality_{m.name}", ()))))
        for m in Modality
    ]
    robustness, title = _robustness(run.validation)
    return RunCurves(
        loss=(*total, *terms) if steps else (),
        validation=_validation(run.validation),
        robustness=robustness,
        robustness_title=title,
        criticality=tuple(curve for curve in criticality if _any(curve)),
    )


def _state(run: TrainingRun) -> str:
    if run.starting:
        return "Starting…"
    if run.stopping:
        return "Stopping: the checkpoint is saved after this step…"
    if run.status is None:
        return "Not started" if not run.problem else "Failed"
    match run.status.state:
        case RunState.RUNNING:
            return "Running"
        case RunState.FINISHED:
            return "Finished"
        case RunState.STOPPED:
            return "Stopped" if run.steps else "Stopped before the first step"
        case RunState.FAILED:
            return "Failed"
        case RunState.UNKNOWN:
            return "Running, or ended without a message: this folder cannot be locked"


def _detail(run: TrainingRun) -> str:
    status = run.status
    if status is None or run.starting:
        return ""
    if not status.total or status.total != run.steps:
        return message(status.what) if run.running else ""
    parts = [f"step {status.done:,} of {status.total:,}"]
    if run.running and status.step_s is not None:
        parts.append(f"{status.step_s:.2g} s per step")
        if status.done < status.total and not run.stopping:
            parts.append(f"about {duration(status.step_s * (status.total - status.done))} left")
    if run.running and status.what:
        parts.append(status.what)
    return message(" · ".join(parts))


def _fraction(run: TrainingRun) -> float | None:
    status = run.status
    if status is None or run.starting or not status.total:
        return None
    return status.done / status.total


def _use_hint(run: TrainingRun, *, validated: bool, done: int, finished: bool) -> str:
    if not run.has_model:
        return "There is no model yet: the first is saved at a checkpoint or validation"
    if run.running:
        return "Stop the run first: its model changes while it runs"
    which = "the best weights by validation so far" if validated else "the newest weights"
    when = "" if finished else f"; the run has done {done:,} of {run.steps:,} steps"
    return f"Segment with {which}{when}. Also used at the next start; Preferences changes it"


def _validation(columns: Columns) -> tuple[Curve, ...]:
    steps = _steps(columns)
    if not steps:
        return ()
    curves = [Curve("mean", (steps, tuple(columns.get("mean", ()))), main=True)]
    for k in COUNTS:
        of = [columns.get(f"D{k}_{region.name}", ()) for region in Region]
        rows = [tuple(row) for row in zip(*of, strict=False)]
        means = tuple(sum(row) / len(row) for row in rows)
        curves.append(Curve(f"{k} sequence{'s' * (k > 1)}", (steps, means)))
    return tuple(curve for curve in curves if _any(curve))


def _robustness(columns: Columns) -> tuple[tuple[Curve, ...], str]:
    steps, means = _steps(columns), columns.get("mean", ())
    if not steps:
        return (), ""
    last = len(steps) - 1
    best = max(range(len(steps)), key=lambda row: means[row])
    curves = [Curve(r.name, _by_count(columns, r, last), main=True) for r in Region]
    title = f"step {steps[last]:,.0f}"
    if best != last:
        curves += [Curve(r.name, _by_count(columns, r, best), dashed=True) for r in Region]
        title += f"; dashed: the best, step {steps[best]:,.0f}"
    return tuple(curves), title


def _by_count(columns: Columns, region: Region, row: int) -> Points:
    found = [(k, columns.get(f"D{k}_{region.name}", ())) for k in COUNTS]
    points = [(float(k), values[row]) for k, values in found if row < len(values)]
    points = [(k, value) for k, value in points if not math.isnan(value)]
    return tuple(k for k, _ in points), tuple(value for _, value in points)


def _steps(columns: Columns) -> tuple[float, ...]:
    return tuple(columns.get("step", ()))


def _any(curve: Curve) -> bool:
    return any(not math.isnan(value) for value in curve.points[1])


def _smooth(values: Sequence[float]) -> tuple[float, ...]:
    """The mean of each value and those before it; missing values are left out."""
    smooth: list[float] = []
    for end in range(1, len(values) + 1):
        window = [v for v in values[max(0, end - SMOOTHED_OVER) : end] if not math.isnan(v)]
        smooth.append(sum(window) / len(window) if window else math.nan)
    return tuple(smooth)
