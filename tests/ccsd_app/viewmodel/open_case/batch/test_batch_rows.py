"""The batch table for export: provenance in every row, no folders, unknown values empty."""

from pathlib import Path

from ccsd_app.viewmodel.open_case.batch.batch_rows import batch_rows
from ccsd_app.viewmodel.open_case.batch.rows import BatchRow
from ccsd_app.worker.batch_protocol import BatchModel, CaseResult
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.storage.cases.case_list import ListedCase

PAIR = ModalitySubset.parse("FLAIR+T2")
FOLDER = Path("/data/Meier")
MODEL = BatchModel("light", "ab" * 32)
RESULT = CaseResult(
    input="input: FLAIR · T2 withheld",
    subset=ModalitySubset.parse("FLAIR"),
    available=PAIR,
    volumes_ml=dict.fromkeys(Region, 9.5),
    intervals_ml={Region.WT: (8.0, 12.0)},
    level=0.9,
    dice=None,
    agreement=dict.fromkeys(Region, 0.75),
    seen_in_training=False,
    notes=(),
    outputs=(Path("/out/p.nii.gz"),),
)


def row_of(row: BatchRow) -> dict:
    (cells,) = batch_rows([row], MODEL, FOLDER)
    return cells


def test_a_row_has_its_input_numbers_model_and_the_disclaimer():
    cells = row_of(BatchRow(ListedCase("p", FOLDER / "p", tuple(PAIR))).done(RESULT))
    assert cells["input"] == "FLAIR · T2 withheld"
    assert (cells["volume_WT_ml"], cells["volume_WT_low_ml"]) == (9.5, 8.0)
    assert (cells["interval_level"], cells["volume_TC_low_ml"]) == (0.9, None)
    assert (cells["agreement_ET"], cells["dice_ET"]) == (0.75, None)
    assert (cells["model"], cells["model_sha256"]) == ("light", "ab" * 32)
    assert (cells["disclaimer"], cells["label_map"]) == (DISCLAIMER, "p.nii.gz")


def test_a_failed_row_names_the_file_without_the_folder():
    failed = BatchRow(ListedCase("p", FOLDER / "p", tuple(PAIR))).failed(
        f"{FOLDER}/p/t1.nii is empty"
    )
    cells = row_of(failed)
    assert cells["error"] == "p/t1.nii is empty"
    assert str(FOLDER) not in str(cells)
    assert cells["volume_WT_ml"] is cells["notes"] is None
