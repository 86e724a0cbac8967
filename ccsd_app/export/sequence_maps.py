"""Label maps of a prepared case on the original grid of each sequence.

SubsetResult on the prepared grid ──▶ back onto each sequence ──▶ x_on_FLAIR.nii.gz, x_on_T1 …
"""

from dataclasses import replace
from pathlib import Path

from ccsd_app.export.errors import ExportError
from ccsd_app.export.label_maps import (
    ENDING,
    WHAT,
    about_label_map,
    names_of_label_map,
    refuse_case_files,
    result_of,
    segmentation_of,
)
from ccsd_app.export.names import file_name
from ccsd_app.export.sidecar import write_json
from ccsd_app.export.staging import staged
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.export_menu import ONE_GRID
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.preparation.back import onto_case, onto_sequence
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.label_maps.segmentation_file import save_segmentation
from ccsd_core.storage.sequence_names import path_on


def names_of_sequence_maps(state: State, subset: ModalitySubset) -> dict[Modality, str]:
    """The file name of the label map on each sequence.

    Raises:
        ExportError: If the case was not prepared.
    """
    if state.preparation is None:
        raise ExportError(ONE_GRID)
    whole = Path(file_name(state.preparation.case.id, subset, WHAT, ENDING))
    return {m: path_on(whole, m).name for m in sorted(state.preparation.prepared.originals)}


def sequence_maps(state: State, subset: ModalitySubset, folder: Path) -> Steps[tuple[Path, ...]]:
    """Write one subset's label map on the grid of every sequence into a folder: all or none.

    Raises:
        BadInputError: If one would replace a file of the case itself.
        ExportError: If the subset is not computed, or the case was not prepared.
        ResourceError: If they cannot be written.
    """
    names = {m: names_of_label_map(n) for m, n in names_of_sequence_maps(state, subset).items()}
    assert state.preparation is not None, "names_of_sequence_maps checks it"
    refuse_case_files(
        state.preparation.case, [folder / name for pair in names.values() for name in pair]
    )
    with staged(folder) as staging:
        for done, (sequence, (image, sidecar)) in enumerate(names.items()):
            yield Progress(done, len(names), f"label map on {sequence.label}")
            save_segmentation(staging.path(image), segmentation_on(state, subset, sequence))
            on = {"grid": f"{sequence.label} as scanned"}
            write_json(staging.path(sidecar), about_label_map(state, subset) | on)
        yield Progress(len(names), len(names), "saving the files")
        return staging.commit()


def segmentation_on(state: State, subset: ModalitySubset, sequence: Modality) -> Segmentation:
    """One subset's result on the grid of a sequence as scanned.

    For a case that was not prepared, that is the grid of the case.

    Raises:
        ExportError: If it is not computed.
    """
    made = state.preparation
    if made is None:
        return segmentation_of(state, subset)
    result_of(state, subset)  # raises for a hidden result
    kept = state.prepared_results if state.on_scanned else state.results
    on_prepared = segmentation_of(
        replace(state, case=made.case, results=kept, on_scanned=False), subset
    )
    if sequence is min(made.prepared.originals):
        return onto_case(on_prepared, made.original, made.prepared)
    return onto_sequence(on_prepared, made.prepared.originals[sequence])
