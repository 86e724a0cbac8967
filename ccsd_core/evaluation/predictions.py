"""Scoring label maps of any program by case and subset, instead of a model.

    DIR ──names──▶ files of each case ──for each subset──▶ regions on the case's grid ──▶ measure
                        └─ subset without one: omitted and counted; case without any: skipped

The folder has the interface of a model (`SubsetPredictor`), so that the same code makes its tables.
The folder's name and a hash of the scored files replace those of a model.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import LabelScheme
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import CaseError, ResourceError
from ccsd_core.evaluation.metrics.registry import METRICS, Metric
from ccsd_core.evaluation.protocol import NotPredictedError, evaluate
from ccsd_core.evaluation.results.result import Evaluation, PredictionFolder
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.label_maps.segmentation_file import states_seen_in_training
from ccsd_core.storage.models.manifest import Manifest
from ccsd_core.storage.predictions.prediction_files import NAMING, PredictionFiles, prediction_files
from ccsd_core.storage.predictions.prediction_map import read_prediction

MOST_NAMES = 3
"""Number of files that a note names."""


def evaluate_predictions(
    folder: Path,
    cases: Sequence[Path],
    *,
    predictions_scheme: LabelScheme | None = None,
    subset: ModalitySubset | None = None,
    scheme: LabelScheme | None = None,
    labels: Path | None = None,
    metrics: Sequence[Metric] = METRICS,
) -> Steps[Evaluation]:
    """Score the label maps of a folder on every labelled case among `cases`.

    Args:
        folder: The predictions, named as `prediction_files` reads them.
        cases: Case folders or files, as `find_cases` gives them.
        predictions_scheme: Label scheme of the predictions; None for that of each case's labels.
        subset: The sequences of predictions without sequences in their names.
        scheme: Label scheme of all cases if the layout does not determine it.
        labels: Folder of the expert labels, if they are not with the images.
        metrics: The metrics to compute.

    Raises:
        BadInputError: If no name in the folder states a subset.
        CaseError: If no case could be scored.
    """
    predicted = PredictedMaps(prediction_files(folder, subset=subset), predictions_scheme)
    found = yield from evaluate(predicted, cases, scheme=scheme, labels=labels, metrics=metrics)
    digests = {case.id: predicted.digests[case.id] for case in found.cases}
    about = PredictionFolder(
        Path(folder),
        files=sum(map(len, digests.values())),
        cases_without=tuple(predicted.cases_without),
    )
    return replace(
        found,
        model_sha256=_sha256(digests),
        notes=(*found.notes, *predicted.notes),
        predictions=about,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _CasePredictions:
    """A case and its predictions."""

    case: Case
    files: dict[ModalitySubset, Path]


class PredictedMaps:
    """A folder of label maps with the interface of a model; it records the files that were scored.

    Args:
        files: The folder's files.
        scheme: Their label scheme; None for that of each case's labels.
    """

    def __init__(self, files: PredictionFiles, scheme: LabelScheme | None = None) -> None:
        self._files = files
        self._scheme = scheme
        self._given: dict[Path, str] = {}
        self._used: set[Path] = set()
        self._repairs: list[str] = []
        self._encoded_ids: set[str] = set()
        self.digests: dict[str, dict[ModalitySubset, str]] = {}
        """SHA-256 of each file that was scored, by case and subset."""
        self.cases_without: list[str] = []
        """Cases without any prediction."""
        # Label maps of this program state this; those of other programs do not.
        self._seen = tuple(
            case
            for case, of_case in files.by_case.items()
            if states_seen_in_training(next(iter(of_case.values()))[0])
        )

    @property
    def manifest(self) -> Manifest:
        """The manifest of the folder as a model; files are hashed after all are scored."""
        folder = self._files.folder
        name = folder.name or folder.resolve().name
        return Manifest(name=f"predictions in {name}", sha256="", training_cases=self._seen)

    @property
    def notes(self) -> tuple[str, ...]:
        """Corrections made on reading, and files in the folder that were not scored."""
        everything = {
            p for row in self._files.by_case.values() for paths in row.values() for p in paths
        }
        notes = list(self._repairs)
        unused = sorted(everything - self._used)
        if unused:
            notes.append(
                f"{_counted(unused)} in {self._files.folder} do not belong to the cases and "
                f"sequences that were scored: {self._listed(unused)}"
            )
        if self._files.unclear:
            notes.append(
                f"{_counted(self._files.unclear)} in {self._files.folder} were not used, as the "
                "sequences are not recognised from their names: "
                f"{self._listed(self._files.unclear)}; name them {NAMING}"
            )
        return tuple(notes)

    def encode(self, case: Case) -> Steps[_CasePredictions]:
        """Look for the predictions of a case.

        Raises:
            NotPredictedError: If there is none.
            CaseError: If two files are predictions from the same subset, or an earlier case has the
                same name.
        """
        yield Progress(0, 1, "looking for predictions")
        if case.id in self._encoded_ids:
            raise CaseError(
                f"another case has the name {case.id} too, and predictions are found by "
                "name: score the two separately"
            )
        self._encoded_ids.add(case.id)
        found = self._files.of({case.id, *case.also_named})
        files = {s: path for s, path in found.items() if s.issubset(case.available)}
        for path in files.values():
            other = self._given.setdefault(path, case.id)
            if other != case.id:
                raise CaseError(
                    f"{path} was scored for {other}, which has the same name: call the prediction "
                    f"of this case {case.id}, as `segment` does"
                )
        if not files:
            self.cases_without.append(case.id)
            raise NotPredictedError(f"it has no prediction in {self._files.folder}")
        return _CasePredictions(case, files)

    def predict(self, encoded: _CasePredictions, subset: ModalitySubset) -> Segmentation | None:
        """The label map from a subset; None if there is none.

        Raises:
            BadInputError: If it cannot be used.
            ResourceError: If it cannot be read.
        """
        path = encoded.files.get(subset)
        if path is None:
            return None
        case = encoded.case
        regions, repairs = read_prediction(path, case, scheme=self._scheme or case.scheme)
        self._used.add(path)
        self._repairs.extend(f"{case.id}, {subset.label}: {note}" for note in repairs)
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise ResourceError(f"{path} cannot be read ({error.strerror or error})") from error
        self.digests.setdefault(case.id, {})[subset] = digest
        seen = Provenance(
            case_id=case.id,
            model_name=f"predictions in {self._files.folder}",
            model_sha256=digest,
            subset=subset,
            available=case.available,
            software="",
            seen_in_training=case.is_among(self._seen),
        )
        return Segmentation(regions, case.grid, case.stored, case.scheme, seen)

    def _listed(self, paths: Iterable[Path]) -> str:
        names = (path.relative_to(self._files.folder).as_posix() for path in paths)
        return first_few(names, most=MOST_NAMES)


def _sha256(digests: Mapping[str, Mapping[ModalitySubset, str]]) -> str:
    """One hash of all files, independent of their names and order."""
    lines = sorted(
        f"{case} {subset} {digest}\n"
        for case, row in digests.items()
        for subset, digest in row.items()
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _counted(paths: Sequence[Path]) -> str:
    return f"{len(paths)} label map{'s' * (len(paths) != 1)}"
