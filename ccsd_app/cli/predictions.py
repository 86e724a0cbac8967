"""The folder of `evaluate --predictions`, kept apart from the folders of the cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import LabelScheme
from ccsd_core.errors import BadInputError


@dataclass(frozen=True, slots=True)
class PredictionsOption:
    """Label maps to score.

    Args:
        folder: Their folder.
        scheme: What their integers mean; None is the scheme of each case's labels.
        subset: The sequences of predictions whose names do not state them.
    """

    folder: Path
    scheme: LabelScheme | None
    subset: ModalitySubset | None = None

    @classmethod
    def from_folder(
        cls,
        folder: Path,
        data: Path,
        scheme: LabelScheme | None,
        *,
        subset: ModalitySubset | None = None,
    ) -> Self:
        """The predictions of a folder, which may lie inside `data`, but not contain it.

        Raises:
            BadInputError: If the folder does not exist, or contains the cases.
        """
        if not folder.is_dir():
            raise BadInputError(
                f"the folder of predictions {folder} does not exist: check the path"
            )
        if data.resolve().is_relative_to(folder.resolve()):
            raise BadInputError(
                f"the cases of {data} are in the folder of predictions {folder}: keep the "
                "predictions in a separate folder"
            )
        return cls(folder, scheme, subset)

    def without_predictions(self, cases: Sequence[Path]) -> list[Path]:
        """The cases that are not inside the folder of predictions."""
        folder = self.folder.resolve()
        return [path for path in cases if not path.resolve().is_relative_to(folder)]
