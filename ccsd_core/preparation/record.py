"""What was done to a study and why: `preparation.json`.

Transforms are 4×4 matrices that map world coordinates of the reference (RAS+ mm) to the world
coordinates of the same anatomy in a sequence. The prepared images have the world coordinates of the
reference.
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
    """One step, of one sequence or of all.

    Args:
        step: The step.
        done: Whether it changed anything.
        why: Why it was or was not done.
        of: The sequence; None for a step of all.
        numbers: Measured values.
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
        """Text for the user: `registration of T2: done, …`."""
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
        reference_why: Why that sequence was chosen.
        steps: The steps that were done or not, in order.
        transforms: From the reference's world coordinates to those of each sequence.
        warnings: Warnings for the user, one sentence each.
        adjustments: The user's adjustments, as JSON.
        grid: Shape and affine of the prepared images.
        centre_mm: Centre of rotation of manual movements, in the reference's world coordinates.
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
    def changed(self) -> bool:
        """Whether any step was done."""
        return any(step.done for step in self.steps)

    @property
    def summary(self) -> tuple[str, ...]:
        """The notes for results of the prepared images: what was done, then the warnings."""
        done = [step for step in self.steps if step.done]
        names = [
            step.step.value if step.of is None else f"{step.step.value} ({step.of.label})"
            for step in done
        ]
        return (f"prepared before the model saw it: {', '.join(names)}", *self.warnings)

    @property
    def grid_is_new(self) -> bool:
        """Whether the images are on a new grid."""
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
