"""From logits on the network's box to the case's grid: cut out, against enlarging everything.

pytest tests/benchmarks/bench_case_grid.py -n 0 -p no:cacheprovider --benchmark-only
"""

import numpy as np
import pytest
import torch
from torch.nn import functional

from ccsd_core.data.grid import resize
from ccsd_core.data.preprocess import PreparedCase, prepare
from ccsd_core.inference.case_grid import FAR_OUTSIDE, nested_labels_on_case_grid
from ccsd_core.storage.cases.case_folder import load_case

LARGE = 40
"""Network voxels of the largest region: a large tumour."""


@pytest.fixture(scope="module")
def prepared(real_cases) -> tuple[PreparedCase, tuple[int, int, int]]:
    case = load_case(real_cases / "BraTS2021_00006")
    return prepare(case, spacing_mm=2.0), case.grid.shape


def tumour(prepared: PreparedCase) -> torch.Tensor:
    """Logits of a smooth blob with regions in it."""
    torch.manual_seed(0)
    coarse = torch.randn(1, 3, 5, 5, 5) + 1.0
    logits = torch.full((3, *prepared.box.shape), -6.0)
    blob = functional.interpolate(coarse, size=(LARGE, LARGE, LARGE), mode="trilinear")[0]
    logits[:, 10 : 10 + LARGE, 20 : 20 + LARGE, 15 : 15 + LARGE] = blob
    return logits


@pytest.mark.parametrize("way", ["cut out", "regions", "everything"])
def test_the_way_to_the_case_grid(way, prepared, benchmark):
    case, shape = prepared
    logits = tumour(case)

    def everything() -> np.ndarray:
        whole = case.box.paste(logits, case.grid_shape, fill=FAR_OUTSIDE)
        return (resize(whole, shape) > 0).numpy()

    work = {
        "cut out": lambda: nested_labels_on_case_grid(logits, case, shape),
        "regions": lambda: nested_labels_on_case_grid(logits, case, shape).regions(shape),
        "everything": everything,
    }[way]

    benchmark.pedantic(work, rounds=7, warmup_rounds=2)
    assert benchmark.stats.stats.rounds == 7
