"""`ccsd-app cases`: what a folder holds, before anything is read."""

import json

from ccsd_core.domain.modality import Modality


def test_each_case_is_listed_with_its_sequences_labels_site_and_problems(
    command, make_case, tmp_path
):
    data, out = tmp_path / "data", tmp_path / "list.json"
    make_case("BraTS2021_00000", within=data)
    make_case("own", within=data, labels=False, sequences=(Modality.FLAIR, Modality.T2))
    broken = make_case("torn", within=data)
    (broken / "torn_t1.nii.gz").write_bytes(b"no image")

    result = command("cases", data, "--json", out)

    assert result.code == 0, result.err
    first, second, third, _, summary = result.out.splitlines()
    assert first.split() == ["BraTS2021_00000", "FLAIR", "T1", "T1c", "T2", "labels", "site", "18"]
    assert second.split() == ["own", "FLAIR", "-", "-", "T2", "-"]
    assert "torn_t1.nii.gz" in third
    assert summary.startswith("3 cases, 2 with expert labels, 3 with FLAIR, 2 with T1,")
    assert summary.endswith("1 cannot be opened")
    found = {one["id"]: one for one in json.loads(out.read_text())["cases"]}
    assert found["own"]["sequences"] == ["FLAIR", "T2"]
    assert (found["own"]["labels"], found["BraTS2021_00000"]["site"]) == (False, "18")
    assert found["torn"]["problem"]


def test_a_folder_without_cases_is_named(command, tmp_path):
    result = command("cases", tmp_path)

    assert result.code == 2
    assert str(tmp_path) in result.err
