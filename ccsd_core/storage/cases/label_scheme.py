"""The label scheme of a case: stated by the layout or the user, and checked against the labels.

The same integers mean different tissues in different data sets, so the scheme is never inferred
from the values; they can only contradict it. Without labels, the layout decides which scheme is
written.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.region import BRATS2021, BRATS2023, BRATS2024, MSD, SCHEMES, LabelScheme
from ccsd_core.errors import LabelSchemeError, on_command_line
from ccsd_core.storage.cases.layout import Layout

_TISSUES = (
    f"{BRATS2021.necrosis} necrosis, {BRATS2021.oedema} oedema, "
    f"{BRATS2021.enhancing} enhancing tumour"
)
_WHERE = f"in the window under Files…{on_command_line('--scheme')}"
_PAEDIATRIC_NOTE = (
    f"the paediatric set has other label values: label maps are written as {BRATS2023.name}, "
    "the values of the adult set"
)


def scheme_for(
    layout: Layout,
    values: NDArray[np.integer],
    *,
    path: Path,
    folder: str,
    given: LabelScheme | None = None,
) -> tuple[LabelScheme, tuple[str, ...]]:
    """The scheme of a label file, and notes for the user about the choice.

    Args:
        layout: The layout the case's names follow.
        values: The distinct values of the label file.
        path: The label file, for messages.
        folder: The case's name, which distinguishes the paediatric set from the adult one.
        given: The scheme that the user chose; it takes precedence over the layout.

    Raises:
        LabelSchemeError: If the values do not fit the scheme.
    """
    scheme, notes = (given, ()) if given else _by_layout(layout, values, path, folder)
    try:
        scheme.check(values)
    except LabelSchemeError:
        present = ", ".join(map(str, values.tolist()))
        fitting = [name for name, one in SCHEMES.items() if not one.unknown_labels(values)]
        way_out = (
            f"choose {' or '.join(fitting)} {_WHERE}"
            if fitting
            else f"convert them to one of {', '.join(SCHEMES)}, or open the case without them "
            "(“not used” in the window under Files…)"
        )
        raise LabelSchemeError(
            f"{path} contains the labels {present}, which do not fit the label scheme "
            f"{scheme.name} ({', '.join(map(str, sorted(scheme.integers)))}): {way_out}"
        ) from None
    if given is None and values[values > 0].tolist() == [scheme.necrosis]:
        notes = (*notes, _whole_tumour_note(scheme, path))
    return scheme, notes


def _whole_tumour_note(scheme: LabelScheme, path: Path) -> str:
    """The note about labels that contain only necrosis, without oedema or enhancing tumour."""
    return (
        f"{path.name} has only the label {scheme.necrosis}, which is necrosis in {scheme.name}: if "
        "it marks the whole tumour, scores of TC and ET are meaningless, and such labels must not "
        f"be used for training; to read it as WT, define a scheme in which {scheme.necrosis} is "
        f"oedema {_WHERE}"
    )


def scheme_without_labels(
    layout: Layout, *, folder: str, given: LabelScheme | None = None
) -> tuple[LabelScheme, tuple[str, ...]]:
    """The scheme to write if there are no labels yet, and notes for the user about it.

    Args:
        layout: The layout the case's names follow.
        folder: The case's name, which distinguishes the paediatric set from the adult one.
        given: The scheme that the user chose; it takes precedence over the layout.
    """
    if given:
        return given, ()
    if layout in (Layout.BRATS2021, Layout.STUDY):  # studies have no labels of their own
        return BRATS2021, ()
    if layout is Layout.MSD:
        return MSD, ()
    if layout is Layout.BRATS2023:
        return BRATS2023, (_PAEDIATRIC_NOTE,) if _is_paediatric(folder) else ()
    return BRATS2021, (
        f"label scheme not recognised from file names; label maps are written as {BRATS2021.name} "
        f"({_TISSUES}){on_command_line('segment --scheme for other values')}",
    )


def _is_paediatric(folder: str) -> bool:
    return folder.upper().startswith("BRATS-PED")


def _by_layout(
    layout: Layout, values: NDArray[np.integer], path: Path, folder: str
) -> tuple[LabelScheme, tuple[str, ...]]:
    if layout is Layout.BRATS2021:
        return BRATS2021, ()
    if layout is Layout.MSD:
        return MSD, ()
    if layout is Layout.BRATS2023:
        if _is_paediatric(folder):
            raise LabelSchemeError(
                f"{path} is from the paediatric set, where labels mean other tissues: "
                f"convert them and choose the label scheme {_WHERE}"
            )
        if 4 not in values:
            return BRATS2023, ()
        if 3 in values or folder.upper().startswith("BRATS-GLI"):
            return BRATS2024, (
                f"{path.name}: label 4 is the resection cavity, which belongs to no region",
            )
        raise LabelSchemeError(
            f"{path} contains label 4 but not 3: enhancing tumour as in BraTS 2021 or the "
            f"resection cavity of BraTS 2024? Choose brats2021 or brats2024 {_WHERE}"
        )
    return BRATS2021, (
        f"{path.name}: label scheme not recognised from file names; {BRATS2021.name} is used "
        f"({_TISSUES}); if that is wrong, choose another {_WHERE}",
    )
