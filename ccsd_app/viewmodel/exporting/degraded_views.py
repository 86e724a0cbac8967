"""The views of a degradation sweep, and the state that draws one view of degraded images."""

from dataclasses import replace

from ccsd_app.scene.slices.slice_scene import shown_window
from ccsd_app.session.degraded_views import DegradedView, DegradedViews, DegradedViewsKey
from ccsd_app.session.display import Layer
from ccsd_app.session.on_demand import DegradationCurveKey
from ccsd_app.session.state import State
from ccsd_core.data.degradation.degradations import Degradation
from ccsd_core.data.degradation.kinds import MAX_SEVERITY, TITLES

SWEEP_STEPS = 10
"""Steps from severity 0 to the largest."""
LAYERS = (Layer.REGIONS, Layer.LABELS)
"""Layers that need nothing but the result itself."""


def sweep_of(key: DegradationCurveKey) -> DegradedViewsKey:
    """The views of a sequence that gets worse and worse by one kind of degradation."""
    views = tuple(
        DegradedView(
            key.others.with_severity(key.sequence, key.kind, severity), key.subset, key.sequence
        )
        for severity in severities()
    )
    return DegradedViewsKey(views, f"{TITLES[key.kind].lower()} of {key.sequence.label}")


def severities() -> tuple[float, ...]:
    """The severities of a sweep."""
    return tuple(MAX_SEVERITY * step / SWEEP_STEPS for step in range(SWEEP_STEPS + 1))


def severity_text(key: DegradationCurveKey, severity: float) -> str:
    """`T1c: dose 60 % (severity 2)`; `T1c as it is`."""
    name = key.sequence.label
    if severity == 0:
        return f"{name} as it is"
    return f"{name}: {Degradation(key.sequence, key.kind, severity).label} (severity {severity:g})"


def state_of_view(state: State, views: DegradedViews, index: int, view: DegradedView) -> State:
    """The state that shows one view, in the grey range of the images as they are.

    Args:
        state: The state of the window; what is drawn besides images and results stays.
        views: The images and results.
        index: Which of them.
        view: What it is of.
    """
    state = state.shown_on(scanned=False)
    original = state.original
    assert original is not None, "views are of an open case"
    sequence = view.background
    window = shown_window(state.windows, original, sequence)
    volume = original.volumes[sequence].with_array(views.image(index))
    return replace(
        state,
        case=replace(
            original,
            volumes={**original.volumes, sequence: volume},
            degraded=view.degradations.labels,
        ),
        undegraded=original,
        degradations=view.degradations,
        applied=view.degradations,
        results={view.subset: views.result(index, view.subset)},
        results_by_degradation={},
        used=view.subset,
        shown=view.subset,
        background=sequence,
        layer=state.layer if state.layer in LAYERS else Layer.REGIONS,
        windows={**state.windows, sequence: window},
        side_by_side=False,
    )
