"""`ccsd-app report`: a PDF of one case, or of many with a table of all."""

import subprocess
import sys

from pypdf import PdfReader


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ccsd_app", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_folder_becomes_one_file_with_a_table_of_all_and_a_bad_case_is_named(
    make_case, model, tmp_path
):
    data, out = tmp_path / "data", tmp_path / "all.pdf"
    for name in ("BraTS2021_90001", "BraTS2021_90002"):
        make_case(name, within=data, labels=name.endswith("1"))
    bad = make_case("BraTS2021_90003", within=data)
    next(bad.glob("*flair*")).write_bytes(b"no image")

    done = run("report", data, "-o", out, "--use", "FLAIR,T2", "--model", model)

    assert done.returncode == 1
    assert "BraTS2021_90003" in done.stderr
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(out).pages]
    assert "BraTS2021_90001" in pages[0]
    assert "BraTS2021_90002" in pages[0]
    for name in ("BraTS2021_90001", "BraTS2021_90002"):
        assert any(name in page and "Input: FLAIR, T2 · T1, T1c withheld" in page for page in pages)
    assert not any("BraTS2021_90003" in page for page in pages)


def test_a_file_of_another_program_is_never_written_over(command, make_case, model, tmp_path):
    theirs = tmp_path / "theirs.pdf"
    theirs.write_bytes(b'%PDF-1.4 xmp:CreatorTool="Writer"')
    wrong = tmp_path / "report.txt"

    refused = command("report", make_case(), "-o", theirs, "--model", model)

    assert refused.code == 2
    assert "not written by this program" in refused.err
    assert theirs.read_bytes().endswith(b'"Writer"')
    assert command("report", tmp_path / "BraTS2021_99999", "-o", wrong).code == 2


def test_sequences_that_a_case_lacks_are_refused(command, make_case, model, tmp_path):
    from ccsd_core.domain.modality import Modality

    case = make_case(sequences=(Modality.FLAIR, Modality.T2))
    out = tmp_path / "one.pdf"

    done = run("report", case, "-o", out, "--use", "T1c", "--model", model)

    assert done.returncode == 2
    assert "--use can only name sequences that the case has" in done.stderr
    assert not out.exists()
    assert command("report", case, "-o", out, "--use", "CT").code == 2
