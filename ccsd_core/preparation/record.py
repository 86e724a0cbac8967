"""What was done to a study and why: `preparation.json`, for people and programs.

Transforms are 4×4 matrices from the world of the reference (RAS+ mm) to the world of a sequence:
where the anatomy that the reference shows at p lies in it. The prepared images lie in the
reference's world.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ccsd_core.domain.modality import Modality
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.libraries import versions
from ccsd_core.preparation.rigid import Matrix, Point
from ccsd_core.version import software_version

FORMAT = 2
"""Version of the file; also part of a cached result's key."""


@dataclass(frozen=True, slots=True)
class Done:
    """One step, perhaps of one sequence.

    Args:
        step: The step.
        done: Whether it changed anything.
        why: Why it was done, or not.
        of: The sequence; None if it is of all.
        numbers: What was measured.
    """

    step: Step
    done: bool
    why: str
    of: Modality | None = None
    numbers: Mapping[str, float] = field(default_factory=dict[str, float])

    def as_json(self) -> dict[str, object]:
        sequence = {} if self.of is None else {"sequence": self.of.label}
        return {
            "step": self.step.value,
            **sequence,
            "done": self.done,
            "why": self.why,
            **{name: round(value, 4) for name, value in self.numbers.items()},
        }

    @property
    def line(self) -> str:
        """For people: `registration of T2: done, …`."""
        what = self.step.value + (f" of {self.of.label}" if self.of is not None else "")
        numbers = ", ".join(f"{n.replace('_', ' ')} {v:.4g}" for n, v in self.numbers.items())
        return f"{what}: {'done' if self.done else 'not done'}, {self.why}" + (
            f" ({numbers})" if numbers else ""
        )


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What was done to a study.

    Args:
        study: Its name or alias.
        reference: The sequence that the others were registered onto.
        reference_why: Why that sequence.
        steps: What was done or not, in order.
        transforms: From the reference's world to that of each sequence.
        warnings: What the user should look at, one sentence each.
        adjustments: The user's adjustments, as JSON.
        grid: Shape and affine of the prepared images.
        centre_mm: The point of the reference's world about which movements by hand turn.
    """

    study: str
    reference: Modality
    reference_why: str
    steps: tuple[Done, ...]
    transforms: Mapping[Modality, Matrix]
    warnings: tuple[str, ...]
    adjustments: Mapping[str, object]
    grid: tuple[tuple[int, int, int], Matrix]
    centre_mm: Point = (0.0, 0.0, 0.0)

    @property
    def touched(self) -> bool:
        """Whether anything was done."""
        return any(step.done for step in self.steps)

    @property
    def summary(self) -> tuple[str, ...]:
        """The notes for results of the prepared images: what was done, then the warnings."""
        done = [step for step in self.steps if step.done]
        names = [step.step.value + (f" ({step.of.label})" if step.of else "") for step in done]
        return (f"prepared before the model saw it: {', '.join(names)}", *self.warnings)

    @property
    def grid_is_new(self) -> bool:
        """Whether the images lie on a grid that was made for them."""
        return any(step.step is Step.GRID and step.done for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """The content of `preparation.json`."""
        shape, affine = self.grid
        return {
            "format": FORMAT,
            "software": software_version(),
            "libraries": versions(),
            "study": self.study,
            "reference": {"sequence": self.reference.label, "why": self.reference_why},
            "steps": [step.as_json() for step in self.steps],
            "transforms": {m.label: t.tolist() for m, t in sorted(self.transforms.items())},
            "warnings": list(self.warnings),
            "adjustments": dict(self.adjustments),
            "grid": {"shape": list(shape), "world_from_voxel": affine.tolist()},
            "centre_mm": list(self.centre_mm),
        }
