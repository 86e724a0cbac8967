"""What the path player shows of a path: whether it can leave as a moving picture."""

from dataclasses import replace

import pytest

from ccsd_app.viewmodel.panels.path_view import PathSetup, player_view
from ccsd_app.viewmodel.panels.paths import PathKind
from ccsd_core.domain.modality import ModalitySubset

FULL = ModalitySubset.full()
SIZES = [pytest.param(size, id=f"known down to {size}") for size in (2, 3, 4)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [PathKind.GREATEST_LOSS, PathKind.LEAST_LOSS])
def test_a_half_known_path_is_not_exported(full_state, kind, size):
    computed = {s: result for s, result in full_state.results.items() if len(s) >= size}
    view = player_view(replace(full_state, results=computed), PathSetup(kind))

    assert [len(subset) for subset in view.path.subsets] == list(range(4, size - 1, -1))
    assert all(subset in computed for subset in view.path.subsets)
    assert view.no_export == "Not every step is computed yet"
    assert player_view(full_state, PathSetup(kind)).no_export == ""
