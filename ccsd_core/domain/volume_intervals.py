"""How far a predicted volume may be from the expert's: an interval by region and subset.

    predicted 84 mL, half width 1.24 √mL  ──▶  (√84 ± 1.24)² mL = 63 to 108 mL

After a square root, errors of small and of large volumes are of similar size. The half widths are
learnt from patients whom the model was not trained on. For 90 % of new, similar patients the
interval contains the expert's volume; it is not a statement about a single patient.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region


@dataclass(frozen=True, slots=True)
class VolumeIntervals:
    """Prediction intervals of volumes for one model.

    Args:
        level: Fraction of patients whose expert volume the interval contains, 0 to 1.
        patients: Number of patients that the half widths were learnt from.
        half_widths: The largest difference between the square roots of expert and predicted volume,
            in √mL, by subset and region. A subset never has a smaller half width than a larger
            subset that contains it.
        coverage: Fraction of volumes inside the interval in leave-one-patient-out cross-validation,
            by region.
    """

    level: float
    patients: int
    half_widths: Mapping[ModalitySubset, Mapping[Region, float]]
    coverage: Mapping[Region, float]

    def interval_ml(
        self, volume_ml: float, *, subset: ModalitySubset, region: Region
    ) -> tuple[float, float]:
        """The interval around a predicted volume, in mL; it never begins below 0.

        Args:
            volume_ml: Predicted volume in mL.
            subset: The sequences that the model was given.
            region: The region that it predicted.
        """
        half = self.half_widths[subset][region]
        root = math.sqrt(volume_ml)
        return max(0.0, root - half) ** 2, (root + half) ** 2

    @property
    def title(self) -> str:
        """What the interval is, in a sentence."""
        return (
            f"{100 * self.level:.0f} % prediction interval of the expert's volume, learnt from "
            f"{self.patients} patients not used for training"
        )


def interval_text(low_ml: float, high_ml: float) -> str:
    """An interval in mL without the unit, in whole mL from 10 mL on.

    >>> interval_text(71.2, 98.9), interval_text(0.0, 3.456)
    ('71–99', '0.0–3.5')
    """
    digits = 0 if high_ml >= 10 else 1
    return f"{low_ml:.{digits}f}–{high_ml:.{digits}f}"
