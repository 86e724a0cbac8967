"""Label maps of subsets as NIfTI, with the grid and orientation of the case's files.

SubsetResult.nested_labels ──▶ Segmentation ──▶ core's writer ──▶ x.nii.gz and x.json
"""

from collections.abc import Sequence
from pathlib import Path

from ccsd_app.export.errors import ExportError
from ccsd_app.export.names import file_name
from ccsd_app.export.sidecar import write_json
from ccsd_app.export.staging import staged
from ccsd_app.export.stamp import Stamp
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.errors import BadInputError
from ccsd_core.preparation.back import onto_case
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.label_maps.segmentation_file import save_segmentation
from ccsd_core.storage.label_maps.source_digest import images_line, is_of_other_images
from ccsd_core.storage.nifti.nifti_format import stem_of
from ccsd_core.version import software_version

WHAT, ENDING = "labels", "nii.gz"


def names_of_label_map(name: str) -> tuple[str, ...]:
    """The files that are written for a label map of that name: the map and its sidecar JSON.

    Raises:
        BadInputError: If it does not end in `.nii` or `.nii.gz`.
    """
    stem = stem_of(name)
    if stem is None:
        raise BadInputError(f"{name} must end in .nii or .nii.gz")
    return name, f"{stem}.json"


def label_map(state: State, subset: ModalitySubset, path: Path) -> Steps[tuple[Path, ...]]:
    """Write one subset's label map to `path`.

    Raises:
        BadInputError: If the name has another ending, or is a file of the case itself.
        ExportError: If the subset is not computed.
        ResourceError: If it cannot be written.
    """
    return (yield from _write(state, {subset: path.name}, path.parent))


def label_maps(
    state: State, subsets: Sequence[ModalitySubset], folder: Path
) -> Steps[tuple[Path, ...]]:
    """Write the label maps of several subsets into a folder: all of them or none.

    Raises:
        BadInputError: If one would replace a file of the case itself.
        ExportError: If one is not computed, or there is none.
        ResourceError: If they cannot be written.
    """
    if not subsets:
        raise ExportError("No subset is computed yet: there is no label map to export")
    return (yield from _write(state, names_of_label_maps(state, subsets), folder))


def names_of_label_maps(
    state: State, subsets: Sequence[ModalitySubset]
) -> dict[ModalitySubset, str]:
    """The file name of each subset's label map."""
    case = _case(state)
    return {subset: file_name(case.id, subset, WHAT, ENDING) for subset in subsets}


def segmentation_of(state: State, subset: ModalitySubset) -> Segmentation:
    """One subset's result as a `Segmentation` of `ccsd_core`.

    Raises:
        ExportError: If it is not computed.
    """
    case = _case(state)
    result = result_of(state, subset)
    regions = NestedLabels(result.nested_labels, result.offset_voxel).regions(case.grid.shape)
    provenance = provenance_of(state, subset)
    return Segmentation(regions, case.grid, case.stored, case.scheme, provenance)


def provenance_of(state: State, subset: ModalitySubset) -> Provenance:
    """The provenance of one subset's result."""
    stamp = Stamp.of(state, subset)
    return Provenance(
        case_id=stamp.case,
        model_name=stamp.model,
        model_sha256=stamp.sha256,
        subset=subset,
        available=stamp.available,
        software=software_version(),
        seen_in_training=stamp.seen_in_training,
        not_opened=stamp.not_opened,
        degraded=stamp.degradations.labels,
    )


def result_of(state: State, subset: ModalitySubset) -> SubsetResult:
    """The result of a subset.

    Raises:
        ExportError: If it is not computed.
    """
    result = state.results.get(subset)
    if result is None:
        raise ExportError(f"{subset.label} is not computed yet: wait for it, or export the others")
    return result


def _write(state: State, names: dict[ModalitySubset, str], folder: Path) -> Steps[tuple[Path, ...]]:
    case = _case(state)
    names_by_subset = {subset: names_of_label_map(name) for subset, name in names.items()}
    refuse_case_files(case, [folder / name for pair in names_by_subset.values() for name in pair])
    read = (state.original or case) if state.preparation is None else state.preparation.original
    refuse_other_patients(read, [folder / image for image, _ in names_by_subset.values()])
    with staged(folder) as staging:
        for done, (subset, (image, sidecar)) in enumerate(names_by_subset.items()):
            yield Progress(done, len(names_by_subset), f"label map of {subset.label}")
            segmentation = segmentation_of(state, subset)
            if state.preparation is not None and not state.on_scanned:
                original, prepared = state.preparation.original, state.preparation.prepared
                segmentation = onto_case(segmentation, original, prepared)
            save_segmentation(staging.path(image), segmentation, source=images_line(read))
            write_json(staging.path(sidecar), about_label_map(state, subset))
        yield Progress(len(names_by_subset), len(names_by_subset), "saving the files")
        return staging.commit()


def about_label_map(state: State, subset: ModalitySubset) -> dict[str, object]:
    """The content of the sidecar JSON: what a NIfTI header cannot hold."""
    scheme = _case(state).scheme
    volumes = result_of(state, subset).volumes_ml
    return {
        **Stamp.of(state, subset).as_json(),
        "scheme": scheme.name,
        "labels": {str(value): name for value, name in sorted(scheme.names().items())},
        "volumes_ml": {r.name: round(volumes[r], 6) for r in Region},
        **_preparation(state),
    }


def _preparation(state: State) -> dict[str, object]:
    """What was done to the images; the label map lies on the grid of the first sequence again."""
    made = state.preparation
    return {} if made is None else {"preparation": made.prepared.record.as_json()}


def refuse_case_files(case: Case, targets: list[Path]) -> None:
    """Refuse to overwrite files that the case was read from.

    Raises:
        BadInputError: If a target is such a file.
    """
    own = {source.path.resolve() for source in case.sources.values()}
    for target in targets:
        if target.resolve() in own:
            raise BadInputError(f"{target.name} is a file of the case itself: choose another name")


def refuse_other_patients(case: Case, targets: list[Path]) -> None:
    """Refuse to overwrite results of other images, perhaps of another patient.

    Raises:
        BadInputError: If a target is such a result.
    """
    for target in targets:
        if target.is_file() and is_of_other_images(target, case):
            raise BadInputError(
                f"{target.name} is the result of other images, perhaps of another patient with a "
                "folder of the same name: choose another name or folder"
            )


def _case(state: State) -> Case:
    if state.case is None:
        raise ExportError("No case is open")
    return state.case
