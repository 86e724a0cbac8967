"""View-model of the dialog that shows how a case was prepared: the numbers of each step."""

from dataclasses import dataclass

from ccsd_app.session.preparation import Preparation
from ccsd_app.viewmodel.common.sentence import message, sentence
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.brain_mask import PLAUSIBLE_ML
from ccsd_core.preparation.record import Done


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as three texts: its name, whether and why it was done, what was measured."""

    what: str
    how: str
    numbers: str


@dataclass(frozen=True, slots=True)
class PreparationDetails:
    """What the dialog shows.

    Args:
        reference: The sequence that the others were registered onto, and why.
        rows: The steps in their order.
        warnings: What the user should check.
    """

    reference: str
    rows: tuple[StepRow, ...]
    warnings: tuple[str, ...]


def preparation_details(preparation: Preparation) -> PreparationDetails:
    """The texts on the preparation of a case."""
    record = preparation.prepared.record
    return PreparationDetails(
        f"Reference: {record.reference.label} ({record.reference_why})",
        tuple(_row(step) for step in record.steps),
        tuple(message(warning) for warning in record.warnings),
    )


def _row(step: Done) -> StepRow:
    sequence = "" if step.of is None else f" · {step.of.label}"
    how = sentence(step.why) if step.done else f"Not done: {step.why}"
    return StepRow(f"{sentence(step.step.value)}{sequence}", how, _numbers(step))


def _numbers(step: Done) -> str:
    n = step.numbers
    match step.step:
        case Step.BRAIN_MASK if "brain_ml" in n:
            low, high = PLAUSIBLE_ML
            return f"{n['brain_ml']:,.0f} mL (plausible: {low:,.0f} to {high:,.0f} mL)"
        case Step.REGISTRATION if "shift_mm" in n:
            return (
                f"shift {n['shift_mm']:.1f} mm, rotation {n['turn_degrees']:.1f}°; mutual "
                f"information {n['information_before']:.3f} → {n['information_after']:.3f}"
            )
        case Step.GRID if "turn_degrees" in n:
            return f"head rotated by {n['turn_degrees']:.1f}°"
        case _:
            return ""
