"""What was prepared once is found again, and only that."""

from pathlib import Path

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.preparation import cache
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.cache import key_of, prepare_once
from ccsd_core.preparation.rigid import Nudge
from ccsd_core.preparation.scans import Scans
from ccsd_core.progress import drain
from tests.ccsd_core.preparation.conftest import Head, scans_of

pytest.importorskip("SimpleITK", reason="needs the extra [scanner]")
SHIFTED = Adjustments(
    skipped=frozenset({Step.GRID, Step.REGISTRATION}),
    nudges={Modality.T2: Nudge((6.0, 0.0, 0.0))},
)


@pytest.fixture
def scans(head: Head) -> Scans:
    return scans_of({m: head.image(m, stripped=True) for m in (Modality.T1, Modality.T2)})


def test_the_second_time_nothing_is_computed(
    scans: Scans, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    first = drain(prepare_once(scans, SHIFTED, folder=tmp_path))
    monkeypatch.setattr(cache, "prepare", None)
    again = drain(prepare_once(scans, SHIFTED, folder=tmp_path))
    assert again.record.as_json() == first.record.as_json()
    for m in first.volumes:
        np.testing.assert_array_equal(again.volumes[m].array, first.volumes[m].array)
        np.testing.assert_array_equal(again.originals[m].matrix, first.originals[m].matrix)
    assert again.stored is first.stored


@pytest.mark.parametrize("file", ["images.npz", "record.json"])
def test_a_broken_entry_is_made_again(scans: Scans, tmp_path: Path, file: str):
    first = drain(prepare_once(scans, SHIFTED, folder=tmp_path))
    (broken,) = tmp_path.glob(f"*/{file}")
    broken.write_bytes(broken.read_bytes()[:-9])
    again = drain(prepare_once(scans, SHIFTED, folder=tmp_path))
    np.testing.assert_array_equal(
        again.volumes[Modality.T2].array, first.volumes[Modality.T2].array
    )
    assert len(list(tmp_path.iterdir())) == 1


def test_other_images_or_settings_are_another_entry(scans: Scans, head: Head):
    other = scans_of({m: head.image(m, stripped=True) for m in (Modality.T1, Modality.FLAIR)})
    keys = {
        key_of(scans, SHIFTED),
        key_of(scans, Adjustments()),
        key_of(scans, Adjustments(mask_mm=1)),
        key_of(other, SHIFTED),
    }
    assert len(keys) == 4


def test_what_needs_nothing_is_not_kept(scans: Scans, tmp_path: Path):
    drain(prepare_once(scans, folder=tmp_path))
    assert not list(tmp_path.iterdir())
