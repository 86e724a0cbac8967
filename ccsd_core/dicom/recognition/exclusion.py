"""Series that are excluded before their weighting is determined, and why.

object ▶ body part ▶ description ▶ other header fields ▶ how much of the head it shows
"""

from dataclasses import dataclass

from ccsd_core.dicom.recognition.kinds import Kind
from ccsd_core.dicom.recognition.vocabulary import OTHER_SCANS, plain
from ccsd_core.dicom.series import Series


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a series is not one of the four sequences.

    Args:
        kind: Its kind.
        reason: The evidence, as a clause.
    """

    kind: Kind
    reason: str


DOCUMENTS = frozenset(("SR", "PR", "KO", "DOC", "OT", "AU", "PLAN", "RTPLAN", "REG", "SC"))
_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_SPECTROSCOPY = "1.2.840.10008.5.1.4.1.1.4.2"
HEAD = ("HEAD", "BRAIN", "SKULL", "NEURO", "CRAN", "KOPF", "SCHAEDEL", "CEREBR", "TETE", "CABEZA",
        "TESTA", "CABECA", "HOOFD", "HIRN", "ENCEPH", "HEADNECK", "TOUBU", "TOBU")  # fmt: skip
"""Parts of values of Body Part Examined that mean a head, in several languages."""
_SAYS_NOTHING = frozenset(("UNKNOWN", "UNDEFINED", "NONE", "NA", "OTHER", "MR", "NOTSPECIFIED"))
_BY_IMAGE_TYPE = {
    "LOCALIZER": Kind.LOCALISER,
    "ADC": Kind.DIFFUSION,
    "DIFFUSION": Kind.DIFFUSION,
    "TRACEW": Kind.DIFFUSION,
    "FA": Kind.DIFFUSION,
    "PERFUSION": Kind.PERFUSION,
    "CBF": Kind.PERFUSION,
    "CBV": Kind.PERFUSION,
    "MTT": Kind.PERFUSION,
    "TTP": Kind.PERFUSION,
    "ASL": Kind.PERFUSION,
    "SWI": Kind.SUSCEPTIBILITY,
    "PROJECTION IMAGE": Kind.PROJECTION,
    "MIP": Kind.PROJECTION,
    "MNIP": Kind.PROJECTION,
    "MIN_IP": Kind.PROJECTION,
    "SUBTRACTION": Kind.SUBTRACTION,
    "FMRI": Kind.FUNCTIONAL,
    "MOSAIC": Kind.FUNCTIONAL,
    "T1 MAP": Kind.MAP,
    "T2 MAP": Kind.MAP,
    "P": Kind.PHASE,
    "PHASE MAP": Kind.PHASE,
    "SCREEN SAVE": Kind.DOCUMENT,
}
"""Values of Image Type (0008,0008) from the third on, as Siemens, GE and Philips write them."""
_BY_STATED_CONTRAST = {
    "DIFFUSION": Kind.DIFFUSION,
    "PERFUSION": Kind.PERFUSION,
    "SUSCEPTIBILITY": Kind.SUSCEPTIBILITY,
    "T2_STAR": Kind.SUSCEPTIBILITY,
    "TOF": Kind.ANGIOGRAPHY,
    "PROTON_DENSITY": Kind.PROTON_DENSITY,
    "STIR": Kind.STIR,
    "FLOW_ENCODED": Kind.ANGIOGRAPHY,
}
"""Acquisition Contrast (0008,9209): DICOM PS3.3 C.8.13.3.1.1."""
FEW_PLACES = 5
LEAST_EXTENT_MM = 60.0
"""A smaller extent shows only a part of the head: the pituitary gland, an eye, the inner ear."""

LONG_MM = 280.0
"""Longer than a head; a few slices of this length show a spine."""


def exclusion_of(series: Series) -> Exclusion | None:
    """Why a series is excluded; None if it may be one of the four sequences."""
    return (
        _by_object(series)
        or _by_body_part(series)
        or _by_words(series)
        or _by_header(series)
        or _by_extent(series)
    )


def _by_object(series: Series) -> Exclusion | None:
    first = series.first
    if first.kind in ("SEG", "RTSTRUCT"):
        return Exclusion(Kind.SEGMENTATION, "it contains outlines or labels, not an image")
    if first.sop_class == _SPECTROSCOPY:
        return Exclusion(Kind.SPECTROSCOPY, "it contains spectra, not an image")
    if first.kind in DOCUMENTS or first.sop_class.startswith(_CAPTURE):
        return Exclusion(
            Kind.DOCUMENT, f"it contains {first.kind or 'captured'} objects, not an acquired image"
        )
    if first.kind != "MR":
        return Exclusion(Kind.OTHER_MACHINE, f"it is {first.kind or 'of unknown modality'}, not MR")
    if not any(i.has_pixels for i in series.instances):
        return Exclusion(
            Kind.NO_PIXELS, "its files have no pixel data: export them with their images"
        )
    return None


def _by_body_part(series: Series) -> Exclusion | None:
    stated = "".join(c for c in plain(series.first.body_part).upper() if c.isalnum())
    if stated and stated not in _SAYS_NOTHING and not any(part in stated for part in HEAD):
        return Exclusion(
            Kind.OTHER_BODY_PART, f"its header says body part {series.first.body_part.upper()}"
        )
    return None


def _by_words(series: Series) -> Exclusion | None:
    for text in (series.first.description, series.first.protocol):
        described = plain(text)
        for words in OTHER_SCANS:
            if found := words.pattern.search(described):
                return Exclusion(words.kind, f"its description says {found[0].strip()!r}")
        if described:
            return None
    return None


def _by_header(series: Series) -> Exclusion | None:
    a = series.acquisition
    for value in a.image_type[2:]:
        if value in _BY_IMAGE_TYPE:
            return Exclusion(_BY_IMAGE_TYPE[value], f"its Image Type says {value}")
    if a.b_value:
        return Exclusion(Kind.DIFFUSION, f"its header has the b-value {a.b_value:g} s/mm²")
    if a.angio:
        return Exclusion(Kind.ANGIOGRAPHY, "its header calls it an angiogram")
    if a.stated_contrast in _BY_STATED_CONTRAST:
        kind = _BY_STATED_CONTRAST[a.stated_contrast]
        return Exclusion(kind, f"its header says contrast {a.stated_contrast}")
    if "EP" in a.scanning_sequence:
        kind = Kind.FUNCTIONAL if "GR" in a.scanning_sequence else Kind.DIFFUSION
        return Exclusion(kind, "it is echo planar (Scanning Sequence EP)")
    return None


def _by_extent(series: Series) -> Exclusion | None:
    stack = series.stack
    if stack.repeats > 1:
        return Exclusion(
            Kind.SERIES_OVER_TIME,
            f"it contains {stack.repeats} images of every slice: choose one volume when exporting",
        )
    if any(i.placement.mixed for i in series.instances):
        return Exclusion(Kind.LOCALISER, "its slices have several directions")
    if stack.position_count <= FEW_PLACES:
        slices = "1 slice" if stack.position_count == 1 else f"{stack.position_count} slices"
        return Exclusion(Kind.LOCALISER, f"it has only {slices}")
    *across, through = stack.extent_mm
    if 0 < through < LEAST_EXTENT_MM:
        if max(across) >= LONG_MM:
            return Exclusion(
                Kind.OTHER_BODY_PART,
                f"it covers {max(across):.0f} mm in {through:.0f} mm of slices, which suggests a "
                "spine",
            )
        return Exclusion(Kind.SLAB, f"its slices cover {through:.0f} mm of the head only")
    return None
