"""The preparation of a study: only the necessary steps, each of them recorded.

scans ──▶ checked ──▶ needs ──nothing──▶ identical images
                        │
                        ▼
   reference ──▶ its brain mask ──▶ the others registered onto it
                                                │
   Prepared ◀── upright 1 mm grid ◀── brain mask of T1 or FLAIR, where the reference is neither

The others are registered onto the reference without its shading, which misleads mutual information.
Each image is resampled once. The preparation is a generator that reports progress in planned
seconds. Closing it stops it between two steps; the longest (the brain mask) takes about ten
seconds.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation import reference as choice
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.bias import STRONG, corrected, log_field, spread
from ccsd_core.preparation.brain_mask import brain_mask, grown
from ccsd_core.preparation.itk_image import sampled
from ccsd_core.preparation.masking import (
    LEAST_OVERLAP,
    BrainMask,
    inexact_warnings,
    mask_warnings,
    more_exact,
    overlap,
)
from ccsd_core.preparation.needs import Needs, needs_of, tissue
from ccsd_core.preparation.prepared import Original, Prepared, as_brats
from ccsd_core.preparation.record import Done, Record
from ccsd_core.preparation.registration.register_sequence import Registered, register_sequence
from ccsd_core.preparation.registration.search import Fixed
from ccsd_core.preparation.registration.starts import foreground
from ccsd_core.preparation.rigid import Matrix
from ccsd_core.preparation.scans import Scans, check
from ccsd_core.preparation.upright import grid_around, upright_axes
from ccsd_core.progress import Progress, Steps

MASK_S, REGISTRATION_S, UPRIGHT_S, SAMPLING_S, SHADING_S = 8, 7, 4, 1, 3
"""How long the pieces take on two cores, for the estimate."""
MARGIN_MM = 14.0
"""Skull and scalp move with the brain and help to register it (without them other positions may fit
better); jaw and neck do not."""
FINE_MM = 1.6
"""A stripped study keeps the grid of its reference if its voxel edges are not longer than this."""
LEAST_COVERED = 0.95
"""Fraction of the brain below which a sequence gets a warning."""


def estimate_s(scans: Scans, adjustments: Adjustments | None = None) -> float:
    """Estimated duration of `prepare` on two cores, in seconds."""
    adjustments = adjustments or Adjustments()
    needs = needs_of(scans.volumes)
    if needs.nothing and not adjustments.changes_anything:
        return 0.0
    return float(_planned(scans, needs, adjustments))


def prepare(scans: Scans, adjustments: Adjustments | None = None) -> Steps[Prepared]:
    """Prepare the sequences of a study for the model.

    Args:
        scans: The study.
        adjustments: The user's adjustments.

    Raises:
        CaseError: If the sequences are not of one head.
        MissingLibraryError: If a library that is needed is not installed.
    """
    adjustments = adjustments or Adjustments()
    check(scans)
    choice.check_given(adjustments.reference, scans.volumes)
    needs = needs_of(scans.volumes)
    if needs.nothing and not adjustments.changes_anything:
        return _unchanged(scans, adjustments)
    work = _Preparation(scans, adjustments, needs, _planned(scans, needs, adjustments))
    return (yield from work.run())


def _planned(scans: Scans, needs: Needs, adjustments: Adjustments) -> int:
    others = len(scans.images) - 1
    total = SAMPLING_S * len(scans.images)
    shadings = 0
    if Step.REGISTRATION not in adjustments.skipped:
        total += REGISTRATION_S * others
        shadings = min(others, 1)
    if needs.with_skull and Step.BRAIN_MASK not in adjustments.skipped:
        first = adjustments.reference or choice.ranked(scans.volumes, needs.with_skull)[0]
        total += MASK_S * (1 if more_exact(first, needs.with_skull) is None else 2)
        if Step.BIAS not in adjustments.skipped:
            shadings = len(scans.images)
    return total + SHADING_S * shadings + UPRIGHT_S


def _unchanged(scans: Scans, adjustments: Adjustments) -> Prepared:
    volumes = scans.volumes
    first = min(volumes)
    why = "already skull-stripped, on one grid and in place"
    record = Record(
        scans.id,
        first,
        "the first sequence",
        tuple(Done(step, done=False, why=why) for step in (Step.REGISTRATION, Step.BRAIN_MASK)),
        {m: np.eye(4) for m in volumes},
        (),
        adjustments.as_json(),
        (volumes[first].shape, volumes[first].world_from_voxel),
    )
    originals = {m: _original(scans, m, np.eye(4)) for m in volumes}
    stored = scans.images[first].stored
    return Prepared(volumes, None, originals, record, stored, scans.notes)


def _original(scans: Scans, modality: Modality, matrix: Matrix) -> Original:
    image = scans.images[modality]
    return Original(image.stored, image.volume.world_from_voxel, image.volume.shape, matrix)


@dataclass(slots=True, eq=False)
class _Preparation:
    """A running preparation.

    Args:
        scans: The study.
        adjustments: The user's adjustments.
        needs: The steps that are needed.
        total: Planned seconds.
        spent: Planned seconds of the steps so far.
        steps: The record.
        warnings: Warnings for the user.
        masks: The brain masks that were made, each on the grid of its sequence.
        shading_of_reference: Its logarithm, once it is known.
    """

    scans: Scans
    adjustments: Adjustments
    needs: Needs
    total: int
    spent: int = 0
    steps: list[Done] = field(default_factory=list[Done])
    warnings: list[str] = field(default_factory=list[str])
    masks: dict[Modality, BrainMask] = field(default_factory=dict[Modality, BrainMask])
    shading_of_reference: Volume | None = None

    def run(self) -> Steps[Prepared]:
        volumes = self.scans.volumes
        reference, brain = yield from self._reference_and_brain(volumes)
        image = volumes[reference]
        region = grown(brain, image.spacing_mm, MARGIN_MM) if brain.any() else foreground(image)
        fixed = yield from self._fixed(reference, image, brain, region)
        matrices = yield from self._matrices(fixed, volumes, reference)
        brain = yield from self._more_exact_brain(volumes, reference, brain, matrices)
        grid = yield from self._grid(volumes, reference, brain if brain.any() else region)
        made, mask = yield from self._made(volumes, reference, brain, matrices, grid)
        why = (
            "chosen by user"
            if self.adjustments.reference is not None
            else choice.why(volumes, reference)
        )
        record = Record(
            self.scans.id,
            reference,
            why,
            tuple(self.steps),
            matrices,
            tuple(self.warnings),
            self.adjustments.as_json(),
            (grid.shape, grid.world_from_voxel),
            fixed.centre_mm,
        )
        originals = {m: _original(self.scans, m, matrices[m]) for m in volumes}
        kept = grid.same_grid(image)
        stored = self.scans.images[reference].stored if kept else as_brats(grid)
        return Prepared(made, mask, originals, record, stored, self.scans.notes)

    def _step(self, seconds: int, what: str) -> Progress:
        progress = Progress(min(self.spent, self.total), self.total, what)
        self.spent += seconds
        return progress

    def _reference_and_brain(
        self, volumes: Mapping[Modality, Volume]
    ) -> Steps[tuple[Modality, NDArray[np.bool_]]]:
        """The reference and its brain mask; another sequence if that mask is implausible."""
        order = choice.ranked(volumes, self.needs.with_skull)
        given = self.adjustments.reference
        first = given or order[0]
        if first not in self.needs.with_skull:
            self._add_step(Step.BRAIN_MASK, "the reference is skull-stripped", done=False)
            return first, tissue(volumes[first])
        if Step.BRAIN_MASK in self.adjustments.skipped:
            self._add_step(Step.BRAIN_MASK, "skipped by user", done=False)
            return first, np.zeros(volumes[first].shape, bool)
        tried = self.masks
        for m in (first, *([] if given else [m for m in order if m != first][:1])):
            yield self._step(MASK_S if not tried else 0, f"brain mask from {m.label}")
            tried[m] = BrainMask.of(volumes[m], brain_mask(volumes[m]))
            if tried[m].penalty == 0:
                break
        chosen = min(tried, key=lambda m: tried[m].penalty)  # the first one if equal
        self.warnings.extend(mask_warnings(tried, first=first, chosen=chosen))
        ml, mask = tried[chosen].ml, tried[chosen].array
        why = f"{', '.join(m.label for m in self.needs.with_skull)} with skull"
        self._add_step(Step.BRAIN_MASK, why, done=True, of=chosen, numbers={"brain_ml": ml})
        return chosen, mask

    def _add_step(
        self,
        step: Step,
        why: str,
        *,
        done: bool,
        of: Modality | None = None,
        numbers: Mapping[str, float] | None = None,
    ) -> None:
        self.steps.append(Done(step, done, why, of, numbers or {}))

    def _fixed(
        self,
        reference: Modality,
        image: Volume,
        brain: NDArray[np.bool_],
        region: NDArray[np.bool_],
    ) -> Steps[Fixed]:
        """What the others are registered onto: the reference without its shading.

        Shading of more than 1.5 moved sequences by 1 to 30 mm, at as much mutual information.
        """
        others = len(self.scans.images) > 1 and Step.REGISTRATION not in self.adjustments.skipped
        if not (others and brain.any()):
            return Fixed(image, region)
        yield self._step(SHADING_S, f"shading of {reference.label}")
        shading = log_field(image, brain)
        self.shading_of_reference = image.with_array(shading)
        return Fixed(corrected(image, shading), region)

    def _matrices(
        self, fixed: Fixed, volumes: Mapping[Modality, Volume], reference: Modality
    ) -> Steps[dict[Modality, Matrix]]:
        found: dict[Modality, Matrix] = {reference: np.eye(4)}
        for m, volume in volumes.items():
            if m is not reference:
                found[m] = yield from self._registered(fixed, m, volume)
            nudge = self.adjustments.nudges.get(m)
            if nudge is not None and not nudge.is_none:
                found[m] = found[m] @ np.linalg.inv(nudge.matrix(fixed.centre_mm))
                self._add_step(Step.REGISTRATION, "moved by user", done=True, of=m)
        return {m: found[m] for m in sorted(found)}

    def _registered(self, fixed: Fixed, m: Modality, volume: Volume) -> Steps[Matrix]:
        if Step.REGISTRATION in self.adjustments.skipped:
            self._add_step(Step.REGISTRATION, "skipped by user", done=False, of=m)
            return np.eye(4)
        yield self._step(0, f"registering {m.label}")
        before = self.spent
        with closing(register_sequence(fixed, m, volume)) as steps:
            while True:
                try:
                    at = next(steps)
                except StopIteration as end:
                    registered: Registered = end.value
                    break
                self.spent = before + REGISTRATION_S * at.done // at.total
                yield self._step(0, at.what)
        self.spent = before + REGISTRATION_S
        self.steps.append(registered.step)
        self.warnings.extend(registered.warnings)
        return registered.matrix

    def _more_exact_brain(
        self,
        volumes: Mapping[Modality, Volume],
        reference: Modality,
        brain: NDArray[np.bool_],
        matrices: Mapping[Modality, Matrix],
    ) -> Steps[NDArray[np.bool_]]:
        """The mask of T1 or FLAIR on the reference, if that is more exact and nothing is wrong."""
        if not brain.any() or reference not in self.needs.with_skull:
            return brain
        other = more_exact(reference, self.needs.with_skull)
        if other is None:
            self.warnings.extend(inexact_warnings(reference))
            return brain
        yield self._step(MASK_S, f"brain mask from {other.label}")
        image, on = volumes[other], volumes[reference]
        if other not in self.masks:
            self.masks[other] = BrainMask.of(image, brain_mask(image))
        mask, worse = self.masks[other], self.masks[other].penalty > self.masks[reference].penalty
        share = sampled(image.with_array(mask.array.astype(np.float32)), on, matrices[other])
        moved = share > 0.5
        shared = overlap(moved, brain)
        if not worse and shared < LEAST_OVERLAP:
            self.warnings.append(
                f"the brain masks of {other.label} and {reference.label} overlap by only "
                f"{100 * shared:.0f} % after registration: check that {other.label} lies on "
                f"{reference.label}, or move it by hand"
            )
        if worse or shared < LEAST_OVERLAP:
            self.warnings.extend(inexact_warnings(reference))
            return brain
        self.steps = [s for s in self.steps if s.step is not Step.BRAIN_MASK]
        why = f"{other.label} shows the edge of the brain better than {reference.label}"
        ml = {"brain_ml": float(moved.sum()) * on.voxel_ml}
        self._add_step(Step.BRAIN_MASK, why, done=True, of=other, numbers=ml)
        return moved

    def _grid(
        self, volumes: Mapping[Modality, Volume], reference: Modality, brain: NDArray[np.bool_]
    ) -> Steps[Volume]:
        image = volumes[reference]
        if Step.GRID in self.adjustments.skipped:
            self._add_step(Step.GRID, "skipped by user", done=False)
            return image
        stripped = reference not in self.needs.with_skull
        if stripped and max(image.spacing_mm) <= FINE_MM and not self.adjustments.always:
            self._add_step(Step.GRID, "the grid of the reference is fine enough", done=False)
            return image
        yield self._step(UPRIGHT_S, "turning the head upright")
        axes, degrees = yield from self._axes(image, brain)
        why = "1 mm, head upright"
        self._add_step(Step.GRID, why, done=True, numbers={"turn_degrees": degrees})
        return grid_around(image, brain, axes)

    def _axes(self, image: Volume, brain: NDArray[np.bool_]) -> Steps[tuple[Matrix, float]]:
        steps = upright_axes(image, brain)
        try:
            while True:
                next(steps)
                yield self._step(0, "turning the head upright")
        except StopIteration as end:
            return end.value
        finally:
            steps.close()

    def _made(
        self,
        volumes: Mapping[Modality, Volume],
        reference: Modality,
        brain: NDArray[np.bool_],
        matrices: Mapping[Modality, Matrix],
        grid: Volume,
    ) -> Steps[tuple[dict[Modality, Volume], Volume | None]]:
        mask = None
        if brain.any() and (self.needs.with_skull or self.adjustments.mask_mm):
            shown = volumes[reference].with_array(brain.astype(np.float32))
            mask = grown(sampled(shown, grid) > 0.5, grid.spacing_mm, self.adjustments.mask_mm)
        skipped = self.adjustments.skipped
        made: dict[Modality, Volume] = {}
        for m, volume in volumes.items():
            yield self._step(SAMPLING_S, f"resampling {m.label}")
            still = np.allclose(matrices[m], np.eye(4))
            if still and volume.same_grid(grid):
                made[m] = volume
            else:
                made[m] = grid.with_array(sampled(volume, grid, matrices[m]))
            if mask is not None:
                self._check_covered(m, volume, grid, matrices[m], mask)
            if self.adjustments.bias or (mask is not None and Step.BIAS not in skipped):
                inside = tissue(made[m]) if mask is None else mask
                if m is reference and self.shading_of_reference is not None:
                    shading = sampled(self.shading_of_reference, grid)
                else:
                    yield self._step(SHADING_S, f"shading of {m.label}")
                    shading = log_field(made[m], inside)
                made[m] = self._evened(m, made[m], inside, shading)
            if mask is not None:
                kept = np.where(mask, np.maximum(made[m].array, 0), 0)
                made[m] = made[m].with_array(kept.astype(np.float32))
        return made, None if mask is None else grid.with_array(mask.astype(np.uint8))

    def _evened(
        self,
        m: Modality,
        volume: Volume,
        inside: NDArray[np.bool_],
        shading: NDArray[np.float32],
    ) -> Volume:
        """A sequence without its shading, where that is strong or the user asks for it."""
        factor = float(np.exp(spread(shading, inside)))
        strong = bool(factor > np.exp(STRONG))
        asked = self.adjustments.bias
        why = "asked for" if asked else "strong shading" if strong else "little shading"
        self._add_step(Step.BIAS, why, done=asked or strong, of=m, numbers={"factor": factor})
        if not (asked or strong):
            return volume
        if not asked:
            self.warnings.append(
                f"{m.label} was shaded: its brightness differed by a factor of {factor:.1f} within "
                "the brain, which a model takes for tumour; it was evened out (N4). Look at it, "
                "and skip the bias correction if a large tumour has lost contrast"
            )
        return corrected(volume, shading)

    def _check_covered(
        self,
        m: Modality,
        volume: Volume,
        grid: Volume,
        matrix: Matrix,
        mask: NDArray[np.bool_],
    ) -> None:
        """Warn if a sequence shows only a part of the brain."""
        places = np.argwhere(mask[::4, ::4, ::4]) * 4
        voxel = np.linalg.inv(volume.world_from_voxel) @ matrix @ grid.world_from_voxel
        at = (voxel @ np.c_[places, np.ones(len(places))].T)[:3]
        limits = np.reshape(volume.shape, (3, 1)) - 0.5
        share = float(((at > -0.5) & (at < limits)).all(axis=0).mean()) if len(places) else 1.0
        if share < LEAST_COVERED:
            self.warnings.append(
                f"{m.label} shows only {100 * share:.0f} % of the brain; the rest of it is empty"
            )
