"""Segmenting one case: read it, predict, write the label map, and report the numbers."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ccsd_core.data.degradation.apply import degraded
from ccsd_core.data.degradation.degradations import UNDEGRADED, Degradations
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import LabelScheme, Region
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.domain.volume_intervals import VolumeIntervals, interval_text
from ccsd_core.domain.volume_text import ml_text
from ccsd_core.errors import BadInputError, LabelsError, MissingLibraryError
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.case_folder import read_case
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.label_folders import with_labels_from
from ccsd_core.storage.cases.layout import Layout
from ccsd_core.storage.cases.overrides import Overrides
from ccsd_core.storage.formats import read_header
from ccsd_core.storage.label_maps.probability_file import (
    ProbabilityType,
    check_probabilities,
    probability_paths,
    save_probabilities,
)
from ccsd_core.storage.label_maps.segmentation_file import is_as_written, save_segmentation
from ccsd_core.storage.label_maps.source_digest import images_line, is_of_other_images
from ccsd_core.storage.nifti.grid_difference import grid_difference
from ccsd_core.storage.predictions.prediction_files import prediction_path
from ccsd_core.storage.sequence_names import path_on

if TYPE_CHECKING:
    # It imports torch, which is not needed to find a mistake in the input.
    from ccsd_core.inference.predictor import Predictor
    from ccsd_core.preparation.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Job:
    """What to segment, and how.

    Args:
        path: The case.
        files: Files of sequences that options name.
        subset: The sequences given to the network; None is all that the case has.
        scheme: The label scheme to write; None is the case's own.
        out: The label map to write; with `every_subset` the folder of all.
        every_subset: Whether each subset of the case's sequences is segmented.
        probabilities: File type of the maps of probabilities; None writes none.
        labels: A folder of label files, each named after its case.
        prepare: Whether the sequences are registered and stripped first: `auto`, where they need
            it, `never` or `always`.
        agreement: Whether a result from some of the sequences is compared with that from all.
        default_scheme: Label scheme of labels that state none; None is BraTS 2021.
    """

    path: Path
    files: Overrides
    subset: ModalitySubset | None
    scheme: LabelScheme | None
    out: Path
    every_subset: bool = False
    prepare: str = "never"
    probabilities: ProbabilityType | None = None
    labels: Path | None = None
    degradations: Degradations = UNDEGRADED
    agreement: bool = False
    default_scheme: LabelScheme | None = None

    def for_case(self, path: Path, *, out: Path | None = None) -> "Job":
        """The same job for another case, with another output if one is given."""
        return replace(self, path=path, out=out or self.out)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The result of one case: the segmentation, its file, and notes about what was corrected."""

    segmentation: Segmentation
    dice: Mapping[Region, float] | None
    scheme: LabelScheme
    out: Path
    notes: tuple[str, ...]
    replaced: bool
    intervals: VolumeIntervals | None = None
    on_sequences: Mapping[Modality, Path] = field(default_factory=dict[Modality, Path])
    """The same label map on the original grids of the other sequences."""
    agreement: Mapping[Region, float] | None = None
    """Agreement with the prediction from all sequences, 0 to 1; None if it was not measured."""

    @property
    def line(self) -> str:
        """For the terminal: case, input, volumes, Dice where there are expert labels, file."""
        provenance = self.segmentation.provenance
        volumes = [self._volume_text(region) for region in Region]
        parts = [provenance.case_id, provenance.describe_input(), ", ".join(volumes)]
        if self.dice is not None:
            scores = ", ".join(f"{r.name} {value:.3f}" for r, value in self.dice.items())
            parts.append(f"Dice {scores}" + (" (seen in training)" * provenance.seen_in_training))
        more = "".join(f", {path.name}" for path in self.on_sequences.values())
        return "  ".join([*parts, f"→ {self.out}{more}" + " (replaced)" * self.replaced])

    def _volume_text(self, region: Region) -> str:
        """`WT 84.0 mL (71–99)`, or the volume alone where no interval is known."""
        text = f"{region.name} {ml_text(self.segmentation.volume_ml(region))} mL"
        intervals = self.intervals_ml().get(region)
        return text if intervals is None else f"{text} ({interval_text(*intervals)})"

    def intervals_ml(self) -> dict[Region, tuple[float, float]]:
        """The interval of each volume, low and high; empty where none are known."""
        if self.intervals is None:
            return {}
        subset, volume_ml = self.segmentation.provenance.subset, self.segmentation.volume_ml
        interval_ml = self.intervals.interval_ml
        return {r: interval_ml(volume_ml(r), subset=subset, region=r) for r in Region}

    def as_json(self) -> dict[str, object]:
        """For `--json`; with `dice` only where the case has expert labels."""
        provenance = self.segmentation.provenance
        result: dict[str, object] = {
            "case": provenance.case_id,
            "subset": str(provenance.subset),
            "available": str(provenance.available),
            "input": provenance.describe_input(),
            **({"degraded": provenance.degraded_text} if provenance.degraded else {}),
            "volumes_ml": {k: round(v, 6) for k, v in self.segmentation.volumes_ml().items()},
        }
        if self.intervals is not None:
            pairs = {r.name: [round(v, 6) for v in p] for r, p in self.intervals_ml().items()}
            result["volume_intervals_ml"] = {"level": self.intervals.level, **pairs}
        if self.dice is not None:
            result["dice"] = {region.name: value for region, value in self.dice.items()}
        return result | {
            "seen_in_training": provenance.seen_in_training,
            "model": {"name": provenance.model_name, "sha256": provenance.model_sha256},
            "scheme": self.scheme.name,
            "notes": list(self.notes),
            "output": str(self.out),
            **self._output_on,
        }

    @property
    def _output_on(self) -> dict[str, object]:
        others = {m.label: str(path) for m, path in self.on_sequences.items()}
        return {"output_on": others} if others else {}


def load(job: Job, found: CaseFiles) -> Case:
    """Read the case from the files that were found, and check that the request can be fulfilled.

    Raises:
        BadInputError: If it cannot.
    """
    case = _read(job, found)
    if job.subset is not None:
        case.restricted_to(job.subset)  # raises if a sequence is missing
    return case


def files_of(job: Job, *, name: str | None = None) -> CaseFiles:
    """Which files the case consists of.

    Args:
        job: The job.
        name: Name of the case among others; None is its own name.

    Raises:
        BadInputError: If that cannot be determined.
    """
    found = choose(inventory(job.path), job.files or None).named(name)
    return with_labels_from(found, job.labels)


def outputs(job: Job, case: Case) -> dict[ModalitySubset, Path]:
    """The label map of each subset to segment."""
    if job.every_subset:
        return {s: prediction_path(job.out, case.id, s) for s in case.available.subsets()}
    return {job.subset or case.available: job.out}


def is_done(job: Job, found: CaseFiles) -> bool:
    """Whether every output of a case exists already, whatever it was made from."""
    outs = [job.out]
    if job.every_subset:
        there = ModalitySubset.of(*found.images)
        outs = [prediction_path(job.out, found.id, subset) for subset in there.subsets()]
    if job.probabilities is not None:
        outs += [path for out in list(outs) for path in probability_paths(out).values()]
    return all(out.is_file() and out.stat().st_size > 0 for out in outs)


def check_out(job: Job, case: Case, found: CaseFiles) -> None:
    """Check that only this program's label maps of these images would be overwritten.

    Raises:
        BadInputError: If another file would be overwritten.
    """
    # All files that were found: labels that the case does not use are an expert's work, too.
    own = [*found.images.values(), *([found.labels] if found.labels else [])]
    outs = list(outputs(job, case).values())
    if not job.every_subset and _may_need(job, found, case):
        outs += [path_on(outs[0], m) for m in sorted(case.volumes)[1:]]
    for out in outs:
        if out.resolve() in {source.path.resolve() for source in own}:
            raise BadInputError(f"{out} is a file of the case itself: choose another output")
        if _is_foreign(out):
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
        if job.probabilities is not None:
            check_probabilities(out)


def _is_foreign(path: Path) -> bool:
    """Whether the output path holds a file that is not an earlier label map of this program."""
    return path.is_file() and path.stat().st_size > 0 and not is_as_written(path)


def report(
    job: Job, found: CaseFiles, case: Case, predictor: "Predictor"
) -> Steps[tuple[Outcome, ...]]:
    """Segment `case` as `job` says, and write the label maps: one, or one for each subset.

    The whole case is encoded even if only some sequences are used, so that the answer is the
    one the window shows after the same toggles.
    """
    outs = outputs(job, case)
    prepared = (yield from _prepared(job, found)) if _may_need(job, found, case) else None
    if prepared is not None:
        case = replace(case, notes=(*prepared.notes, *prepared.record.summary))
    images = case if prepared is None else _as_prepared(case, prepared)
    bad = degraded(images, job.degradations) if job.degradations else images
    compared = job.agreement and any(used != case.available for used in outs)
    needed = [*outs, *([case.available] if compared else [])]
    encoded = yield from predictor.encode(images, subsets=needed)
    full = predictor.predict(encoded, case.available) if compared else None
    if bad is not images:  # on the grid of the images as they are, as in the window
        encoded = yield from predictor.reencode(encoded, bad)
    outcomes: list[Outcome] = []
    for done, (used, out) in enumerate(outs.items()):
        yield Progress(done, len(outs), f"{case.id}: {used.label}")
        segmentation = predictor.predict(encoded, used)
        if prepared is None:
            outcomes.append(_outcome(job, case, predictor, segmentation, out))
        else:
            outcomes.append(
                _outcome_on_original_grids(job, case, predictor, segmentation, out, prepared)
            )
        if full is not None:
            outcomes[-1] = replace(outcomes[-1], agreement=_overlap(segmentation, full))
        if job.probabilities is not None:
            maps = predictor.probabilities(encoded, used).on_case_grid((0, 0, 0), case.grid.shape)
            about = "; ".join((*segmentation.provenance.lines, images_line(case)))
            save_probabilities(out, maps, case.stored, kind=job.probabilities, comment=about)
    return tuple(outcomes)


def _overlap(one: Segmentation, other: Segmentation) -> dict[Region, float]:
    """Dice of two predictions on one grid, by region."""
    from ccsd_core.domain.dice import dice

    return {r: float(dice(one.regions[r], other.regions[r])) for r in Region}


def _may_need(job: Job, found: CaseFiles, case: Case) -> bool:
    """Whether a case may need preparation: then its sequences are read on their original grids."""
    if job.prepare != "auto":
        return job.prepare == "always"
    from ccsd_core.preparation.needs import needs_of

    headers = [read_header(source.path) for source in found.images.values()]
    differ = any(grid_difference(one, headers[0]) for one in headers[1:])
    return differ or not needs_of(case.volumes).nothing


def _prepared(job: Job, found: CaseFiles) -> Steps["Prepared | None"]:
    """The prepared case; None if it needs no preparation and none is asked for.

    Raises:
        BadInputError: If probabilities are asked for: they are not moved back to the original
            grids.
    """
    from ccsd_core.preparation.adjustments import Adjustments
    from ccsd_core.preparation.cache import prepare_once
    from ccsd_core.preparation.study import scans_of

    scans = yield from scans_of(found)
    try:
        prepared = yield from prepare_once(scans, Adjustments(always=job.prepare == "always"))
    except MissingLibraryError as error:
        raise MissingLibraryError(
            f"{error}; or give --prepare never, if the images are registered and stripped"
        ) from error
    if not prepared.record.changed:
        return None
    if job.probabilities is not None:
        raise BadInputError(
            "--probabilities cannot be written for images that are prepared first: write the "
            "prepared case with `ccsd-app prepare`, then segment it; or give --prepare never"
        )
    return prepared


def _as_prepared(case: Case, prepared: "Prepared") -> Case:
    """What the model is given: the prepared images under the names of the case."""
    return replace(prepared.case(), id=case.id, also_named=case.also_named)


def _outcome_on_original_grids(
    job: Job,
    case: Case,
    predictor: "Predictor",
    segmentation: Segmentation,
    out: Path,
    prepared: "Prepared",
) -> Outcome:
    """Write the label map of prepared images on the original grid of the case's first sequence.

    It is also written on the grids of the other sequences, except for all subsets: those are for
    scoring.
    """
    from ccsd_core.preparation.back import onto_case, onto_sequence, other_sequences

    outcome = _outcome(job, case, predictor, onto_case(segmentation, case, prepared), out)
    if job.every_subset:
        return outcome
    outs = {m: path_on(out, m) for m in other_sequences(prepared)}
    for m, place in outs.items():
        there = onto_sequence(segmentation, prepared.originals[m])
        save_segmentation(place, there, scheme=outcome.scheme, source=images_line(case))
    return replace(outcome, on_sequences=outs)


def _outcome(
    job: Job, case: Case, predictor: "Predictor", segmentation: Segmentation, out: Path
) -> Outcome:
    """Write one label map, and score it where there are expert labels."""
    from ccsd_core.domain.dice import dice

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
    intervals = None
    made_by = segmentation.provenance
    if reference_scores is not None and not (made_by.seen_in_training or made_by.degraded):
        intervals = reference_scores.volumes
    return Outcome(segmentation, scores, scheme, out, notes, replaced, intervals)


def _read(job: Job, found: CaseFiles) -> Case:
    """Read the case, its own labels in the scheme of its layout.

    `--scheme` is the scheme to write. Only where nothing else determines the scheme of the
    existing labels, it also applies to them. Labels that cannot be used do not prevent the
    segmentation: they are ignored, with a note.
    """
    scheme = job.scheme
    if scheme is not None and (found.labels is None or found.layout is Layout.OWN):
        return read_case(found, scheme=scheme, labels_needed=False)
    if scheme is not None:
        with suppress(LabelsError):
            return read_case(found)
    default = job.default_scheme if found.layout is Layout.OWN else None
    return read_case(found, scheme=scheme or default, labels_needed=False)
