"""An inference process with a made-up predictor, for tests of everything around the real one.

The case is a phantom with nested balls; what the "network" finds depends on its subset alone.
The model's name chooses how it misbehaves.
"""

import os
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from ccsd_app.session.on_demand import Kind
from ccsd_app.worker import process
from ccsd_app.worker.inference.on_demand_kinds import KINDS, CaseContext, KindEntry
from ccsd_core.domain.case import Case, Source, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.domain.region import BRATS2021
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError, CheckpointError, MissingLibraryError, ResourceError
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.prepared import Original, Prepared, PreparedCase
from ccsd_core.preparation.record import Done, Record
from ccsd_core.progress import Progress
from ccsd_core.storage.cases.overrides import Overrides
from ccsd_core.storage.models.manifest import Manifest

SHAPE = (24, 28, 20)
CENTRE = (13, 12, 9)


def ball(radius: float) -> np.ndarray:
    axes = np.ogrid[tuple(slice(0, n) for n in SHAPE)]
    return sum((a - c) ** 2 for a, c in zip(axes, CENTRE, strict=True)) <= radius**2


def regions(subset: ModalitySubset) -> np.ndarray:
    """Each sequence makes the balls bigger; without T1c there is no enhancing tumour."""
    whole = 4 + len(subset)
    core = 2 + 0.5 * len(subset) + 0.25 * (Modality.T2 in subset)
    enhancing = ball(2) if Modality.T1C in subset else np.zeros(SHAPE, bool)
    return np.stack([ball(whole), ball(core), enhancing])


def phantom(name: str, available: ModalitySubset, *, labelled: bool = True) -> Case:
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    rng = np.random.default_rng(0)
    volumes = {
        m: Volume(rng.normal(100 * (m + 1), 5, SHAPE).astype(np.float32), affine) for m in available
    }
    truth = BRATS2021.labels(regions(ModalitySubset.full()))
    return Case(
        name,
        volumes,
        StoredGrid(SHAPE, affine),
        Volume(truth, affine) if labelled else None,
        sources={
            m: Source(Path(f"/data/{name}_{m.name}.nii.gz"), "by its name") for m in available
        },
    )


def load_case(path: Path, files: Overrides | None) -> Case:
    """`p_FLAIR+T2_unlabelled` names a phantom with those two sequences and no labels.

    Sequences that `files` says are not used are left out.
    """
    if "slow-reading" in path.name:
        time.sleep(3)
    if "unreadable" in path.name:
        raise CaseError(f"{path.name} cannot be read: choose another folder")
    parts = path.name.split("_")
    available = ModalitySubset.parse(parts[1]) if len(parts) > 1 else ModalitySubset.full()
    unused = {role for role, part in (files or {}).items() if part is None}
    available = ModalitySubset.of(*(m for m in available if m not in unused))
    case = phantom(path.name, available, labelled="unlabelled" not in parts)
    return scanned(case) if "raw" in path.name else case


def scanned(case: Case) -> Case:
    """A case with thick sagittal slices and no labels, as a scanner gives it."""
    affine = np.diag([4.0, 2.0, 2.0, 1.0])
    volumes = {m: Volume(v.array[::2], affine) for m, v in case.volumes.items()}
    return replace(case, volumes=volumes, stored=StoredGrid(RAW_SHAPE, affine), reference=None)


class FakeProbabilities:
    """Nine in ten inside a region, one in ten within two voxels of it."""

    offset = (0, 0, 0)
    grid_shape = SHAPE

    def __init__(self, subset: ModalitySubset) -> None:
        inside = regions(subset)
        near = ndimage.binary_dilation(inside, iterations=2, axes=(1, 2, 3))
        self.values = np.where(inside, 0.9, 0.1 * near).astype(np.float16)

    def on_case_grid(self, start, stop) -> np.ndarray:
        return self.values[(slice(None), *map(slice, start, stop))]


class FakePredictor:
    device = "cpu"

    def __init__(self, behaviour: str) -> None:
        self.raise_if_cancelled = None
        self.reference_scores = None
        not_nested = Postprocess.parse("threshold:ET=0.6")
        self.postprocess = not_nested if behaviour == "not-nested" else DEFAULT_POSTPROCESS
        self._behaviour = behaviour
        self.manifest = Manifest(
            name=f"fake-{behaviour}",
            sha256=("fedcba9876543210" if behaviour == "second" else "0123456789abcdef") * 4,
            training_cases=("seen", "other"),
        )

    def encode(self, case: Case):
        for modality in case.available:
            if self._behaviour == "one-block-encode":
                for _ in range(3000):
                    self._rest()
            if self._behaviour == "endless-encode":
                for _ in range(10_000):
                    time.sleep(0.02)
                    yield Progress(0, 1, f"encoding {modality.label}")
            if self._behaviour.startswith("stuck-encode:"):
                Path(self._behaviour.removeprefix("stuck-encode:")).touch()
                time.sleep(600)
            yield Progress(modality, len(Modality), f"encoding {modality.label}")
        return EncodedPhantom(case, ("memory ran short",) if self._behaviour == "short" else ())

    def reencode(self, encoded: "EncodedPhantom", case: Case):
        changed = [m for m in case.available if case.volumes[m] is not encoded.case.volumes[m]]
        if self._behaviour.startswith("log-encoding:"):
            with Path(self._behaviour.removeprefix("log-encoding:")).open("a") as log:
                log.write("+".join(m.label for m in changed) + "\n")
        yield Progress(0, 1, f"encoding {', '.join(m.label for m in changed)}")
        return EncodedPhantom(case)

    def _rest(self) -> None:
        """A block of work, and the cancellation check after it."""
        time.sleep(0.02)
        if self.raise_if_cancelled is not None:
            self.raise_if_cancelled()

    def probabilities(self, encoded: "EncodedPhantom", subset: ModalitySubset) -> FakeProbabilities:
        full = subset == encoded.case.available
        if self._behaviour == "map-bug" and full:
            raise ValueError("no map\nof this")
        if self._behaviour == "map-memory" and full:
            raise ResourceError("memory gave out: close other programs")
        if self._behaviour.startswith("endless-map:") and full:
            with Path(self._behaviour.removeprefix("endless-map:")).open("a") as log:
                log.write("begun ")
            for _ in range(3000):
                self._rest()
        return FakeProbabilities(subset)

    def load_for_criticality(self) -> None:
        if self._behaviour == "slow":
            time.sleep(0.3)

    def criticality(self, case: Case):
        """Scores that grow with the channel; the path follows from them."""
        if self._behaviour == "critical-crash":
            os._exit(3)
        if self._behaviour.startswith("deaf:"):
            Path(self._behaviour.removeprefix("deaf:")).touch()
            time.sleep(600)
        for modality in case.available:
            yield Progress(modality, len(Modality), f"criticality: {modality.label}")
            if self._behaviour.partition(":")[0] == "endless-criticality":
                with Path(self._behaviour.partition(":")[2]).open("a") as log:
                    log.write("begun ")
                for _ in range(3000):
                    self._rest()
        if self._behaviour == "critical-bug":
            raise ResourceError("it does not fit: close other programs")
        scores = {m: (m + 1) / 10 for m in case.available}
        order = sorted(case.available)
        path = tuple(ModalitySubset.of(*order[:n]) for n in range(len(order), 0, -1))
        return FakeCriticality(
            scores, {m: s / 100 for m, s in scores.items()}, path, case.reference is not None
        )

    def predict_nested_labels(
        self, encoded: "EncodedPhantom", subset: ModalitySubset, *, nesting: bool = False
    ) -> NestedLabels:
        assert nesting or self.postprocess.has("nested"), "the real one refuses"
        case = encoded.case
        if self._behaviour.partition(":")[0] in ("slow", "endless-map"):
            time.sleep(0.3)
        if self._behaviour.startswith("log:"):
            with Path(self._behaviour.removeprefix("log:")).open("a") as log:
                log.write(f"{subset}\n")
            time.sleep(0.1)
        if self._behaviour.startswith("endless:") and subset != case.available:
            with Path(self._behaviour.removeprefix("endless:")).open("a") as log:
                log.write(f"{subset}\n")
            for _ in range(3000):
                self._rest()
        if self._behaviour == "crash" or (
            self._behaviour.startswith("crash-once:") and _first_time(self._behaviour)
        ):
            os._exit(3)
        if self._behaviour == "oom" and subset != case.available:
            raise MemoryError
        if self._behaviour == "lost-gpu" and subset != case.available:
            raise RuntimeError("CUDA error: unspecified launch failure\nmore of it")
        if self._behaviour == "bug" and len(subset) == 1:
            raise ValueError("a number\nis wrong")
        nested_labels = regions(subset).sum(axis=0, dtype=np.uint8)
        if case.grid.shape == RAW_SHAPE:
            nested_labels = nested_labels[::2]
        return NestedLabels.around(nested_labels)


class FakeCriticality(NamedTuple):
    cosine: dict[Modality, float]
    gradient: dict[Modality, float]
    path: tuple[ModalitySubset, ...]
    against_expert: bool


class EncodedPhantom:
    def __init__(self, case: Case, notes: tuple[str, ...] = ()) -> None:
        self.case = case
        self.notes = notes


def _first_time(behaviour: str) -> bool:
    mark = Path(behaviour.removeprefix("crash-once:"))
    if mark.exists():
        return False
    mark.touch()
    return True


VOXELS = Kind("voxels")
"""A kind that only this process knows."""


def voxels(subset: ModalitySubset, case: CaseContext):
    """How many voxels each region of a subset has."""
    yield Progress(0, 1, "counting")
    return {"regions": regions(subset).sum(axis=(1, 2, 3)).tolist()}


KINDS[VOXELS] = KindEntry(voxels)


RAW_SHAPE = (12, 28, 20)
"""Of a raw phantom: every second sagittal slice of the prepared one."""


def prepare_case(path: Path, files: Overrides | None, case: Case, adjustments: Adjustments):
    """A case with `raw` in its name becomes a phantom; what goes wrong is in its name, too."""
    return _preparing(path, case, adjustments) if "raw" in path.name else None


def _preparing(path: Path, case: Case, adjustments: Adjustments):
    yield Progress(0, 30, "brain mask from FLAIR · about 30 s left")
    if "slow" in path.name:
        for _ in range(3000):
            time.sleep(0.02)
            yield Progress(12, 30, "registering T2 · about 18 s left")
    if "without-library" in path.name:
        raise MissingLibraryError("finding the brain needs deepbet: pip install 'ccsd[scanner]'")
    made = phantom(case.id, case.available)
    steps = (
        Done(Step.BRAIN_MASK, True, "FLAIR with skull", Modality.FLAIR, {"brain_ml": 1420.4}),
        *(
            Done(
                Step.REGISTRATION,
                m is not Modality.T1C,
                f"moved by up to {m:.1f} mm",
                m,
                {
                    "information_before": 0.1,
                    "information_after": 0.2,
                    "shift_mm": m + 0.2,
                    "turn_degrees": 0.5,
                },
            )
            for m in case.available
            if m is not min(case.available) and Step.REGISTRATION not in adjustments.skipped
        ),
        Done(Step.GRID, True, "1 mm, head upright", None, {"turn_degrees": 3.0}),
    )
    affine = made.grid.world_from_voxel
    record = Record(
        case.id,
        adjustments.reference or min(case.available),
        "thinnest slices (2 mm)",
        steps,
        {m: np.eye(4) for m in case.available},
        ("T2 shows only 80 % of the brain; the rest of it is empty",),
        adjustments.as_json(),
        (SHAPE, affine),
    )
    originals = {
        m: Original(case.stored, case.grid.world_from_voxel, case.grid.shape, np.eye(4))
        for m in case.available
    }
    brain = Volume(ball(8).astype(np.uint8), affine)
    prepared = Prepared(made.volumes, brain, originals, record, made.stored)
    return PreparedCase(replace(made, notes=record.summary), prepared, case)


def load_model(model: str | None, device: str) -> FakePredictor:
    if model == "slow-loading":
        time.sleep(3)
    if model == "missing":
        raise CheckpointError("there is no model 'missing': choose another")
    return FakePredictor(model or "good")


def serve(connection: Connection) -> None:
    process.serve(connection, load_model=load_model, load_case=load_case, prepare_case=prepare_case)
