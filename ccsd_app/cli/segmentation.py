"""One case through the model: read, predict, write the label map, tell the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import LabelScheme, Region
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.domain.volume_text import ml_text
from ccsd_core.errors import BadInputError, LabelSchemeError
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.case_folder import read_case
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.layout import Layout
from ccsd_core.storage.cases.overrides import Overrides
from ccsd_core.storage.cases.segmentation_file import is_as_written, save_segmentation
from ccsd_core.storage.cases.source_digest import images_line, is_of_other_images
from ccsd_core.storage.predictions.prediction_files import prediction_path

if TYPE_CHECKING:
    # Torch comes with it, and is not needed to find a mistake in the input.
    from ccsd_core.inference.predictor import Predictor


@dataclass(frozen=True, slots=True)
class Job:
    """What the user asked for.

    Args:
        path: The case.
        files: Sequences given by hand.
        subset: The sequences the network is given; None is all the case has.
        scheme: The label scheme to write; None is the case's own.
        out: The label map to write; with `every_subset` the folder of all.
        every_subset: Whether each subset of the case's sequences is asked for.
    """

    path: Path
    files: Overrides
    subset: ModalitySubset | None
    scheme: LabelScheme | None
    out: Path
    every_subset: bool = False

    def of(self, path: Path, *, out: Path | None = None) -> "Job":
        """The same for another case, perhaps written elsewhere."""
        return replace(self, path=path, out=out or self.out)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came out, where it lies (perhaps in place of an earlier one), and what was mended."""

    segmentation: Segmentation
    dice: Mapping[Region, float] | None
    scheme: LabelScheme
    out: Path
    notes: tuple[str, ...]
    replaced: bool

    @property
    def line(self) -> str:
        """For the terminal: case, input, volumes, Dice where there is truth, file."""
        seen = self.segmentation.provenance
        volumes = [f"{r.name} {ml_text(self.segmentation.volume_ml(r))} mL" for r in Region]
        parts = [seen.case_id, seen.describe_input(), ", ".join(volumes)]
        if self.dice is not None:
            scores = ", ".join(f"{r.name} {value:.3f}" for r, value in self.dice.items())
            parts.append(f"Dice {scores}" + (" (seen in training)" * seen.seen_in_training))
        return "  ".join([*parts, f"→ {self.out}" + " (replaced)" * self.replaced])

    def as_json(self) -> dict[str, object]:
        """For `--json`; `dice` is there only where the case has expert labels."""
        seen = self.segmentation.provenance
        result: dict[str, object] = {
            "case": seen.case_id,
            "subset": str(seen.subset),
            "available": str(seen.available),
            "input": seen.describe_input(),
            "volumes_ml": {k: round(v, 6) for k, v in self.segmentation.volumes_ml().items()},
        }
        if self.dice is not None:
            result["dice"] = {region.name: value for region, value in self.dice.items()}
        return result | {
            "seen_in_training": seen.seen_in_training,
            "model": {"name": seen.model_name, "sha256": seen.model_sha256},
            "scheme": self.scheme.name,
            "notes": list(self.notes),
            "output": str(self.out),
        }


def load(job: Job, found: CaseFiles) -> Case:
    """Read the case, whose files were found, and check that what is asked of it can be done.

    Raises:
        BadInputError: If it cannot.
    """
    case = _read(job, found)
    if job.subset is not None:
        case.restricted_to(job.subset)  # raises where a sequence is not there
    return case


def files_of(job: Job) -> CaseFiles:
    """Which files the case consists of.

    Raises:
        BadInputError: If that cannot be told.
    """
    return choose(inventory(job.path), job.files or None)


def outputs(job: Job, case: Case) -> dict[ModalitySubset, Path]:
    """The label map of each subset that is asked for."""
    if job.every_subset:
        return {s: prediction_path(job.out, case.id, s) for s in case.available.subsets()}
    return {job.subset or case.available: job.out}


def check_out(job: Job, case: Case, found: CaseFiles) -> None:
    """Check that nothing but this program's label maps of these images would be written over.

    Raises:
        BadInputError: If something would.
    """
    # As found, not as read: labels that were left out of the case are an expert's work, too.
    own = [*found.images.values(), *([found.labels] if found.labels else [])]
    for out in outputs(job, case).values():
        if out.resolve() in {source.path.resolve() for source in own}:
            raise BadInputError(f"{out} is a file of the case itself: choose another output")
        if _is_somebody_elses(out):
            raise BadInputError(
                f"{out} exists and was not written by this program, or was changed "
                "since: choose another output, or move it away"
            )
        if out.is_file() and is_of_other_images(out, case):
            raise BadInputError(
                f"{out} is the result of other images, perhaps of another patient with a folder "
                "of the same name: choose another output, or move it away"
            )
        check_place(out)


def _is_somebody_elses(path: Path) -> bool:
    """Whether a file lies where a label map is to be written, and is not an earlier one."""
    return path.is_file() and path.stat().st_size > 0 and not is_as_written(path)


def report(job: Job, case: Case, predictor: "Predictor") -> Steps[tuple[Outcome, ...]]:
    """Segment `case` as `job` asks, and write the label maps: one, or one for each subset.

    The whole case is encoded even if only some sequences are used, so that the answer is the
    one the window shows after the same toggles.
    """
    places = outputs(job, case)
    encoded = yield from predictor.encode(case, subsets=list(places))
    outcomes: list[Outcome] = []
    for done, (used, out) in enumerate(places.items()):
        yield Progress(done, len(places), f"{case.id}: {used.label}")
        outcomes.append(_outcome(job, case, predictor, predictor.predict(encoded, used), out))
    return tuple(outcomes)


def _outcome(
    job: Job, case: Case, predictor: "Predictor", segmentation: Segmentation, out: Path
) -> Outcome:
    """Write one label map, and score it where there is truth."""
    from ccsd_core.evaluation.metrics.registry import dice

    scheme = job.scheme or case.scheme
    replaced = out.exists()
    save_segmentation(out, segmentation, scheme=scheme, source=images_line(case))
    truth = case.reference_regions
    scores = None
    if truth is not None:
        scores = {r: float(dice(segmentation.regions[r], truth[r])) for r in Region}
    reference_scores = predictor.reference_scores
    used = segmentation.provenance.subset
    caution = "" if reference_scores is None else reference_scores.warning(used, case)
    notes = (*case.notes, caution) if caution else case.notes
    return Outcome(segmentation, scores, scheme, out, notes, replaced)


def _read(job: Job, found: CaseFiles) -> Case:
    """Read the case, its own labels in the scheme its layout tells.

    `--scheme` says what to write. Only where nothing else tells does it say, too, what the
    labels that are already there mean. Labels that do not fit the scheme do not keep the case
    from being segmented: they are left out, with a note.
    """
    asked = job.scheme
    if asked is not None and (found.labels is None or found.layout is Layout.OWN):
        return read_case(found, scheme=asked)
    try:
        return read_case(found)
    except LabelSchemeError as error:
        if asked is not None:
            return read_case(found, scheme=asked)
        case = read_case(found.without_labels())
        left_out = f"no Dice, as the expert labels cannot be used: {error}"
        return replace(case, notes=(*case.notes, left_out))
