"""What the network's grid alone costs: `python packaging/grid_limits.py CASES [SPACING_MM …]`.

    the expert's regions ──shrunk──▶ the network's grid ──enlarged, above ½──▶ Dice with themselves

The way is the one that images and logits go. A network that gave just the shrunk regions would
score this: a finer grid is worth its time only where a network comes near.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from ccsd_app.cli.console import show
from ccsd_core.data.grid import network_shape, resize, sample_block
from ccsd_core.domain.case import Case
from ccsd_core.domain.dice import dice
from ccsd_core.domain.region import Region
from ccsd_core.storage.cases.case_folder import find_cases, load_case

SPACINGS_MM = (1.0, 1.5, 2.0, 3.0)


def limits(case: Case, spacing_mm: float) -> dict[Region, float]:
    """Dice of each region with what is left of it on the grid; without those that are empty."""
    truth = case.reference_regions
    assert truth is not None
    shape = network_shape(case.grid.shape, case.grid.spacing_mm, target_mm=spacing_mm)
    there = [region for region in Region if truth[region].any()]
    exact = torch.from_numpy(np.stack([truth[region] for region in there]).astype(np.float32))
    back = sample_block(resize(exact, shape), case.grid.shape, (0, 0, 0), case.grid.shape) > 0.5
    return {
        region: float(dice(back[index].numpy(), truth[region]))
        for index, region in enumerate(there)
    }


def main(data: Path, spacings_mm: tuple[float, ...]) -> None:
    """Print the table: one row a spacing, mean and worst of the cases."""
    cases = [case for case in map(load_case, find_cases(data)) if case.reference is not None]
    show(f"| grid | {' | '.join(f'{r.name}, worst' for r in Region)} |\n|---|--:|--:|--:|")
    for spacing_mm in spacings_mm:
        found = [limits(case, spacing_mm) for case in cases]
        cells: list[str] = []
        for region in Region:
            values = [100 * one[region] for one in found if region in one]
            cells.append(f"{np.mean(values):.1f}, {min(values):.1f}" if values else "")
        show(f"| {spacing_mm:g} mm | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(map(float, sys.argv[2:])) or SPACINGS_MM)
