"""A made-up patient, read once."""

import pytest

from ccsd_core.data.synthetic import write_cases
from ccsd_core.domain.case import Case
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.models.manifest import Manifest


@pytest.fixture(scope="session")
def case(tmp_path_factory) -> Case:
    """A made-up patient at 6 mm."""
    folder = tmp_path_factory.mktemp("cases")
    return load_case(drain(write_cases(folder, count=1, seed=11, spacing_mm=6.0))[0])


@pytest.fixture(scope="session")
def fine_case(tmp_path_factory) -> Case:
    """The same at 3 mm, for tests that need room for tiles or for smooth edges."""
    folder = tmp_path_factory.mktemp("fine")
    return load_case(drain(write_cases(folder, count=1, seed=11, spacing_mm=3.0))[0])


@pytest.fixture
def manifest() -> Manifest:
    return Manifest(name="tiny", sha256="0" * 64)
