"""View-model of the lines under the case's name on the preparation of a raw case."""

from dataclasses import dataclass

from ccsd_app.session.preparation import Preparation, Stage
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.sentence import message
from ccsd_core.preparation.adjustments import Step

STAGE_TEXTS = {
    Stage.RUNNING: "As scanned; it is being prepared for the model (Esc cancels)",
    Stage.CANCELLED: "As scanned, without results: the preparation was cancelled",
    Stage.FAILED: "As scanned, without results: it could not be prepared",
    Stage.WITHOUT: "As scanned, not prepared: the model was not trained on such images",
}
BUTTON_TEXTS = {
    Stage.CANCELLED: "Prepare",
    Stage.FAILED: "Try again",
    Stage.WITHOUT: "Prepare",
}
"""The text of the button that starts the preparation again."""


@dataclass(frozen=True, slots=True)
class PreparationBanner:
    """What the lines show.

    Args:
        text: What was done, or the stage; "" if the case needs no preparation.
        warnings: What the user should check, one line each.
        again: Text of the button that starts the preparation; "" if there is none.
        without: Whether the user may continue without preparation.
        details: Whether there are details to show.
        on_scanned: Whether results are shown on the images as scanned.
    """

    text: str = ""
    warnings: str = ""
    again: str = ""
    without: bool = False
    details: bool = False
    on_scanned: bool = False


def preparation_banner(state: State) -> PreparationBanner:
    """The lines for a state."""
    stage = state.stage
    if state.preparation is not None:
        warnings = "\n".join(message(w) for w in state.preparation.prepared.record.warnings)
        return PreparationBanner(
            done_text(state.preparation), warnings, details=True, on_scanned=state.on_scanned
        )
    if stage not in STAGE_TEXTS:
        return PreparationBanner()
    return PreparationBanner(
        STAGE_TEXTS[stage],
        message(state.preparation_problem),
        BUTTON_TEXTS.get(stage, ""),
        without=stage in (Stage.CANCELLED, Stage.FAILED),
    )


def done_text(preparation: Preparation) -> str:
    """`Prepared: registered T1 (3.2 mm) · brain mask 1,420 mL · 1 mm grid`."""
    steps = [step for step in preparation.prepared.record.steps if step.done]
    moved = [
        f"{step.of.label} ({step.numbers['shift_mm']:.1f} mm)"
        for step in steps
        if step.step is Step.REGISTRATION and step.of is not None and "shift_mm" in step.numbers
    ]
    parts = [f"registered {', '.join(moved)}"] if moved else []
    for step in steps:
        if step.step is Step.BRAIN_MASK:
            parts.append(f"brain mask {step.numbers['brain_ml']:,.0f} mL")
        elif step.step is Step.GRID:
            edge = next(iter(preparation.prepared.volumes.values())).spacing_mm[0]
            parts.append(f"{edge:.3g} mm grid")
    if any(step.step is Step.BIAS for step in steps):
        parts.append("bias field corrected")
    if any(step.why == "moved by user" for step in steps):
        parts.append("moved manually")
    return f"Prepared: {' · '.join(parts) or 'resampled'}"
