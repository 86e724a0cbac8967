"""What the process of a batch answers: each case, a failed one, a model that does not exist."""

import multiprocessing
import os
import threading
from pathlib import Path

import nibabel as nib
import pytest

from ccsd_app.cli.segmenting import batch_process
from ccsd_app.worker import batch_protocol as protocol
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.case_list import list_cases

PAIR = ModalitySubset.parse("FLAIR+T2")


@pytest.fixture
def serve(monkeypatch, tmp_path, model):
    """Has the process's function answer a request, in a thread, until it returns."""
    monkeypatch.setattr(os, "nice", lambda _: 0)

    def serve(*cases: Path | protocol.BatchCase, **how) -> list[protocol.BatchEvent]:
        ours, theirs = multiprocessing.Pipe()
        thread = threading.Thread(target=batch_process.serve, args=(theirs,))
        thread.start()
        named = tuple(
            case if isinstance(case, protocol.BatchCase) else protocol.BatchCase(case, case.name)
            for case in cases
        )
        how = {"out": tmp_path / "out", "model": str(model), "device": "cpu", **how}
        ours.send(protocol.BatchRequest(named, **how))
        events = []
        while thread.is_alive() or ours.poll():
            if ours.poll(0.05):
                events.append(ours.recv())
        return events

    return serve


def of(kind: type, events: list) -> list:
    return [event for event in events if isinstance(event, kind)]


def test_each_case_is_answered_and_a_broken_one_does_not_stop_the_others(
    serve, make_case, tmp_path
):
    broken, good = make_case("A"), make_case("B")
    (broken / "A_t1.nii.gz").write_bytes(b"no image")

    events = serve(broken, good)

    assert isinstance(events[0], protocol.BatchModel)
    assert events[-1] == protocol.BatchEnded(stopped=False)
    (failed,), (done,) = of(protocol.CaseFailed, events), of(protocol.CaseDone, events)
    assert (failed.path, done.path) == (broken, good)
    assert "A_t1.nii.gz" in failed.message
    assert done.result.outputs == (tmp_path / "out" / "B.nii.gz",)
    assert done.result.outputs[0].is_file()
    assert set(done.result.dice) == set(Region)
    assert done.result.agreement is None


def test_a_subset_is_compared_with_all_sequences_and_a_case_without_it_fails(serve, make_case):
    whole = make_case("A")
    no_t2 = make_case("B", sequences=(Modality.FLAIR, Modality.T1))

    events = serve(whole, no_t2, subset=PAIR)

    (done,), (failed,) = of(protocol.CaseDone, events), of(protocol.CaseFailed, events)
    assert done.result.input == "input: FLAIR, T2 · T1, T1c withheld"
    assert set(done.result.agreement) == set(Region)
    assert "T2" in failed.message


def test_cases_whose_label_map_exists_are_skipped_and_those_of_other_images_not_replaced(
    serve, make_case, tmp_path
):
    first = make_case("A")
    serve(first)
    written = (tmp_path / "out" / "A.nii.gz").read_bytes()
    assert of(protocol.CaseSkipped, serve(first)) == [protocol.CaseSkipped(first)]

    other = make_case("A", within=tmp_path / "elsewhere")
    for path in other.glob("*_[ft]*.nii.gz"):
        image = nib.load(path)
        nib.save(nib.Nifti1Image(2 * image.get_fdata(dtype="float32"), image.affine), path)
    (failed,) = of(protocol.CaseFailed, serve(other, skip_existing=False))

    assert "is the result of other images" in failed.message
    assert (tmp_path / "out" / "A.nii.gz").read_bytes() == written


def test_a_model_or_folder_that_cannot_be_used_ends_it_before_the_first_case(
    serve, make_case, tmp_path
):
    case = make_case("A")
    (failed,) = serve(case, model="nowhere")
    assert "'nowhere' not found" in failed.message
    (tmp_path / "file").write_text("")
    (failed,) = serve(case, out=tmp_path / "file")
    assert "is a file: choose a folder" in failed.message


def test_a_dicom_study_is_listed_converted_and_named_by_its_alias(
    serve, make_case, write_series, tmp_path, monkeypatch
):
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))
    case = load_case(make_case(sequences=(Modality.FLAIR, Modality.T2)))
    for number, (modality, volume) in enumerate(case.volumes.items(), 2):
        array = volume.array - volume.array.min()
        write_series(
            where="patients/Anna Example",
            number=number,
            sequence=modality.label,
            array=array,
            affine=volume.world_from_voxel,
        )
    (listed,) = drain(list_cases(tmp_path / "patients", studies=True))
    assert listed.study
    assert listed.id.startswith("DICOM-")

    events = serve(protocol.BatchCase(listed.path, listed.id))

    (done,) = of(protocol.CaseDone, events)
    assert done.path == listed.path
    assert done.result.available == PAIR
    assert done.result.outputs[0] == tmp_path / "out" / f"{listed.id}.nii.gz"
    assert all(path.is_file() for path in done.result.outputs)


def test_the_files_are_those_that_were_chosen_in_the_window(serve, make_case):
    case = make_case("A")
    files = {Modality.T1: None, "labels": None}

    (plain,) = of(protocol.CaseDone, serve(case))
    events = serve(case, corrections={os.path.realpath(case): files}, skip_existing=False)

    (done,) = of(protocol.CaseDone, events)
    assert done.result.available == plain.result.available.toggled(Modality.T1)
    assert (plain.result.dice is None, done.result.dice is None) == (False, True)
    assert batch_process.CHOSEN_NOTE in done.result.notes
    assert batch_process.CHOSEN_NOTE not in plain.result.notes
