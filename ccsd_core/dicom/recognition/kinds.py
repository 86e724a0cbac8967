"""What a series may show: one of the four sequences, or something that is not used."""

import enum


class Kind(enum.Enum):
    """What a series shows; the value is its name for the user."""

    FLAIR = "FLAIR"
    T1 = "T1"
    T2 = "T2"
    LOCALISER = "localiser"
    CALIBRATION = "calibration scan"
    DIFFUSION = "diffusion"
    PERFUSION = "perfusion"
    SUSCEPTIBILITY = "susceptibility (SWI, T2*)"
    ANGIOGRAPHY = "angiogram"
    FUNCTIONAL = "functional MRI"
    SPECTROSCOPY = "spectroscopy"
    PROTON_DENSITY = "proton density"
    STIR = "STIR"
    DOUBLE_INVERSION = "double inversion recovery"
    STEADY_STATE = "steady state (CISS, FIESTA)"
    MAP = "parameter map"
    PROJECTION = "projection (MIP)"
    SUBTRACTION = "subtraction"
    PHASE = "phase image"
    OTHER_BODY_PART = "another body part"
    OTHER_MACHINE = "not MR"
    DOCUMENT = "report or picture"
    SEGMENTATION = "segmentation"
    NO_PIXELS = "no pixel data"
    SLAB = "part of the head"
    SERIES_OVER_TIME = "several volumes"
    UNKNOWN = "unknown"


WANTED = frozenset((Kind.FLAIR, Kind.T1, Kind.T2))
"""The kinds that a segmentation uses; T1 stands for both T1 and T1c."""
