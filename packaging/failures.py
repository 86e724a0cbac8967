"""Draw where a model errs, for its card: `python packaging/failures.py OUT.png CASE=SUBSET …`.

A column a case: above, the axial slice on which most is marked wrongly, with the expert's
outlines; below, the same slice with what the model marks.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.typing import NDArray

import ccsd_core
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.evaluation.report.curve_figure import COLOURS

Mask = NDArray[np.bool_]


def main(out: Path, wanted: list[tuple[Path, ModalitySubset]]) -> None:
    """One picture of all."""
    predictor = ccsd_core.load_model()
    figure = Figure(figsize=(2.3 * len(wanted), 5.4), facecolor="black", layout="constrained")
    axes = figure.subplots(2, len(wanted), squeeze=False)
    for (above, below), (path, subset) in zip(axes.T, wanted, strict=True):
        case = ccsd_core.load_case(path)
        _draw(above, below, case, subset, ccsd_core.segment(case, subset, model=predictor))
    figure.savefig(out, dpi=100)


def _draw(
    above: Axes, below: Axes, case: Case, subset: ModalitySubset, found: Segmentation
) -> None:
    if case.reference is None:
        sys.exit(f"{case.id} has no expert labels: nobody can say where the model errs")
    truth = case.scheme.regions(case.reference.array.astype(np.uint8))
    wrong = (truth ^ found.regions).sum(axis=(0, 1, 2))
    at = int(np.argmax(wrong)) if wrong.any() else wrong.size // 2
    image = case.volumes[next(iter(subset))].array[:, :, at].astype(np.float32)
    rows, columns = (np.flatnonzero((image != 0).any(axis=axis)) for axis in (0, 1))
    window = np.s_[columns[0] : columns[-1] + 1, rows[0] : rows[-1] + 1]
    for axes in (above, below):
        axes.set_axis_off()
        axes.imshow(
            _seen(image[window]), cmap="gray", vmax=float(np.percentile(image[image != 0], 99.5))
        )
    for region in Region:
        colour = COLOURS[region]
        expert, marked = _seen(truth[region, :, :, at][window]), found.regions[region, :, :, at]
        if expert.any():
            above.contour(expert, [0.5], colors=[colour], linewidths=1.2)
        below.imshow(_filled(_seen(marked[window]), colour))
    volumes = " / ".join(f"{int(r.sum()) * found.grid.voxel_ml:.0f}" for r in truth)
    ours = " / ".join(f"{found.volume_ml(region):.0f}" for region in Region)
    above.set_title(f"{case.id}\nexpert {volumes} mL", color="white", fontsize=8)
    below.set_title(f"from {subset.label}\n{ours} mL", color="white", fontsize=8)


def _seen(image: NDArray[np.generic]) -> NDArray[np.generic]:
    """As a radiologist looks: the patient's right on the left, in front above."""
    return image[::-1, ::-1].T


def _filled(mask: NDArray[np.generic], colour: str) -> NDArray[np.float64]:
    rgba = np.zeros((*mask.shape, 4))
    rgba[mask.astype(bool)] = to_rgba(colour, 0.55)
    return rgba


if __name__ == "__main__":
    pairs = [argument.rsplit("=", 1) for argument in sys.argv[2:]]
    main(Path(sys.argv[1]), [(Path(path), ModalitySubset.parse(text)) for path, text in pairs])
