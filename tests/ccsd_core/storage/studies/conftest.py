"""A cache of its own for each test, and studies with a segmentation."""

import numpy as np
import pytest

from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.studies.convert_study import convert_study
from ccsd_core.storage.studies.source_images import source_images


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The folder of the user's cache."""
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def opened(tmp_path):
    """Opens the study that was written: the case, a segmentation of it, the source images."""

    def opened(study="study"):
        folder = drain(convert_study(tmp_path / study))
        case = load_case(folder)
        regions = np.zeros((3, *case.grid.shape), bool)
        regions[Region.WT, 1:6, 2:8, 3:9] = True
        regions[Region.TC, 2:5, 3:7, 4:8] = True
        regions[Region.ET, 2:4, 3:4, 4:6] = True
        made_by = Provenance(
            case.id, "small", "ab" * 32, case.available, case.available, "ccsd 0", False
        )
        segmentation = Segmentation(regions, case.grid, case.stored, case.scheme, made_by)
        first = case.sources[min(case.volumes)].path
        return segmentation, source_images(folder, first.name)

    return opened
