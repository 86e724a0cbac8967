"""Which label scheme a case's labels follow: told by the layout or the user, checked, not guessed.

The same integers mean different tissues in different data sets, so the values alone never
choose; they can only contradict.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.region import BRATS2021, BRATS2023, BRATS2024, MSD, SCHEMES, LabelScheme
from ccsd_core.errors import LabelSchemeError
from ccsd_core.storage.layout import Layout


def scheme_for(
    layout: Layout,
    values: NDArray[np.integer],
    *,
    path: Path,
    folder: str,
    given: LabelScheme | None = None,
) -> tuple[LabelScheme, tuple[str, ...]]:
    """The scheme of a label file and what the user should know about the choice.

    Args:
        layout: The layout the case's names follow.
        values: The distinct values of the label file.
        path: The label file, for messages.
        folder: The case's name, which tells the paediatric set from the adult one.
        given: The scheme the user states; it wins over the layout.

    Raises:
        LabelSchemeError: If the values do not fit the scheme.
    """
    scheme, notes = (given, ()) if given else _by_layout(layout, values, path, folder)
    try:
        scheme.check(values)
    except LabelSchemeError:
        present = ", ".join(map(str, values.tolist()))
        raise LabelSchemeError(
            f"{path} holds the labels {present}, which do not fit the scheme {scheme.name} "
            f"({', '.join(map(str, sorted(scheme.integers)))}): state the scheme with --scheme, "
            f"one of {', '.join(SCHEMES)}"
        ) from None
    return scheme, notes


def _by_layout(
    layout: Layout, values: NDArray[np.integer], path: Path, folder: str
) -> tuple[LabelScheme, tuple[str, ...]]:
    if layout is Layout.BRATS2021:
        return BRATS2021, ()
    if layout is Layout.MSD:
        return MSD, ()
    if layout is Layout.BRATS2023:
        if folder.upper().startswith("BRATS-PED"):
            raise LabelSchemeError(
                f"{path} is of the paediatric set, whose labels mean other tissues: "
                "convert them and state the scheme with --scheme"
            )
        if 4 not in values:
            return BRATS2023, ()
        if 3 in values or folder.upper().startswith("BRATS-GLI"):
            return BRATS2024, (f"{path.name}: label 4 is the resection cavity, part of no region",)
        raise LabelSchemeError(
            f"{path} holds label 4 and not 3: enhancing tumour as in BraTS 2021 or the resection "
            "cavity of BraTS 2024? State it with --scheme brats2021 or --scheme brats2024"
        )
    return BRATS2021, (
        f"{path.name}: the names do not tell the label scheme; {BRATS2021.name} was taken "
        "(1 necrosis, 2 oedema, 4 enhancing tumour); if that is wrong, state it with --scheme",
    )
