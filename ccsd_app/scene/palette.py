"""The colours of the whole app in one place, chosen so that colour-blind readers can use them.

Regions use Okabe and Ito's palette by default, whose members are distinguishable for protan,
deutan and tritan vision. Colour is never the only cue: a name is always shown, too.

Source: Okabe and Ito, Color Universal Design, 2008 (the palette's eight values).
"""

from collections.abc import Mapping
from types import MappingProxyType

from ccsd_app.scene.planes import Plane
from ccsd_app.session.display import ColourScheme
from ccsd_core.domain.region import Region

Rgb = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""

_YELLOW, _ORANGE, _VERMILION, _BLUE = (
    (0xF0, 0xE4, 0x42),
    (0xE6, 0x9F, 0x00),
    (0xD5, 0x5E, 0x00),
    (0x00, 0x72, 0xB2),
)

_REGIONS: Mapping[ColourScheme, tuple[Rgb, Rgb, Rgb]] = MappingProxyType(
    {
        ColourScheme.OKABE_ITO: (_YELLOW, _ORANGE, _VERMILION),
        ColourScheme.BRATS: ((0xFF, 0xFF, 0x33), (0x33, 0xA0, 0x2C), (0x33, 0x7F, 0xFF)),
        ColourScheme.ITK_SNAP: ((0x00, 0xFF, 0x00), (0xFF, 0x00, 0x00), (0xFF, 0xFF, 0x00)),
    }
)
"""WT, TC, ET. The last two schemes colour labels; a region takes its outermost label's colour."""

_LABELS: Mapping[ColourScheme, tuple[Rgb, Rgb, Rgb]] = MappingProxyType(
    {**_REGIONS, ColourScheme.OKABE_ITO: (_YELLOW, _BLUE, _VERMILION)}
)
"""ED, NCR, ET."""

LABEL_NAMES = ("ED", "NCR", "ET")
LABEL_TITLES = ("peritumoural oedema", "necrotic and non-enhancing core", "enhancing tumour")
"""The disjoint tissues: WT without TC, TC without ET, and ET."""


def region_colours(scheme: ColourScheme) -> Mapping[Region, Rgb]:
    """Fill and line colour of each tumour region, in every widget, curve and export."""
    return dict(zip(Region, _REGIONS[scheme], strict=True))


def label_colours(scheme: ColourScheme) -> tuple[Rgb, Rgb, Rgb]:
    """The colours of ED, NCR and ET."""
    return _LABELS[scheme]


BOTH_COLOUR: Rgb = (0x00, 0x9E, 0x73)
ONLY_CURRENT_COLOUR: Rgb = (0xD5, 0x5E, 0x00)
ONLY_REFERENCE_COLOUR: Rgb = (0x56, 0xB4, 0xE9)
"""Differences: voxels in both, only in the current prediction, only in the reference."""

REFERENCE_COLOUR: Rgb = (0xFF, 0xFF, 0xFF)
"""The expert's outline: white and dashed, so that it differs from the predicted one in two ways."""

PLANE_COLOURS: Mapping[Plane, Rgb] = MappingProxyType(
    {
        Plane.AXIAL: (0xE0, 0x4F, 0x4F),
        Plane.SAGITTAL: (0xE3, 0xC4, 0x4A),
        Plane.CORONAL: (0x58, 0xB3, 0x68),
    }
)
"""Frame of each slice view: red, yellow, green as in MITK."""

CROSSHAIR_COLOUR: Rgb = (0x56, 0xB4, 0xE9)
"""Sky blue: the one hue that no region uses."""

MEASURE_COLOUR: Rgb = (0xF5, 0xF7, 0xFA)
"""Measurements: near white on a dark rim, with text beside them."""

BRAIN_COLOUR: Rgb = (0xC9, 0xCF, 0xD8)
"""The translucent shell of the brain in 3-D."""

PICTURE_BACKGROUND: Rgb = (0x00, 0x00, 0x00)
"""Behind every slice: black, because grey levels are judged against it."""

VIEW3D_BACKGROUND: tuple[Rgb, Rgb] = ((0x0E, 0x10, 0x14), (0x2A, 0x2F, 0x38))
"""Bottom and top of the 3-D view."""


def hex_of(colour: Rgb) -> str:
    """The colour as style sheets write it.

    >>> hex_of(region_colours(ColourScheme.OKABE_ITO)[Region.ET])
    '#d55e00'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


def unit_of(colour: Rgb) -> tuple[float, float, float]:
    """The colour as VTK writes it: three numbers from 0 to 1."""
    red, green, blue = colour
    return red / 255, green / 255, blue / 255
