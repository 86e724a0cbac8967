"""The weighting from echo time, repetition time and inversion time.

We chose the ranges: wide enough for the recommendations of the sources and for 3-D variants (SPACE,
CUBE, VISTA, with an effective TE of up to 600 ms), and narrow enough not to overlap. Sources:
Westbrook, Handbook of MRI Technique, table of parameters (spin echo: short TE up to 30, long from
70; short TR up to 900, long from 2000; STIR TI 100 to 210; FLAIR TE from 80); Aalten et al., BMC
Neurology 14:254 (2014), box 2 (FLAIR TR 8000 to 12000, TE 100 to 150, TI 2200 to 2800; T2 TR 2000
to 4000, TE 80 to 120; T2* TE from 20); Ellingson et al., Neuro-Oncology 17:1188 (2015), the brain
tumour protocol (3-D T1 by inversion recovery gradient echo before and after contrast).
"""

from dataclasses import dataclass

from ccsd_core.dicom.instance import Acquisition
from ccsd_core.dicom.recognition.kinds import Kind

Range = tuple[float, float]
ANY: Range = (0.0, float("inf"))


@dataclass(frozen=True, slots=True)
class Timing:
    """One row of the table.

    Args:
        kind: The kind of image.
        echo: Spin or gradient, the ScanningSequence without IR.
        echo_ms, repetition_ms: Ranges of TE and TR.
        inversion_ms: Range of TI; None for sequences without inversion.
        called: Name of such a sequence, used in the stated reason.
    """

    kind: Kind
    echo: str
    echo_ms: Range
    repetition_ms: Range
    inversion_ms: Range | None
    called: str


TIMINGS: tuple[Timing, ...] = (
    Timing(Kind.FLAIR, "SE", (60, 700), (4000, 20000), (1400, 3200), "a FLAIR"),
    Timing(Kind.STIR, "SE", (10, 200), (1500, 15000), (80, 300), "a STIR"),
    Timing(Kind.T1, "SE", (3, 45), (900, 4000), (400, 1300), "a T1 by inversion recovery"),
    Timing(Kind.T1, "GR", (0.5, 12), ANY, (250, 1600), "a T1 by prepared gradient echo (MPRAGE)"),
    Timing(Kind.T1, "SE", (3, 45), (150, 1300), None, "a T1 spin echo"),
    Timing(Kind.PROTON_DENSITY, "SE", (3, 50), (1700, 12000), None, "a proton density image"),
    Timing(Kind.T2, "SE", (60, 700), (1700, 20000), None, "a T2 spin echo"),
    Timing(Kind.T1, "GR", (0.5, 9), (3, 400), None, "a T1 by spoiled gradient echo"),
    Timing(Kind.SUSCEPTIBILITY, "GR", (12, 80), (15, 3000), None, "a T2* image"),
)


def timing_of(acquisition: Acquisition) -> Timing | None:
    """The row that an acquisition fits; None if times are not stated or fit no row."""
    a = acquisition
    if a.echo_ms is None or a.repetition_ms is None or "EP" in a.scanning_sequence:
        return None
    for row in TIMINGS:
        if not row.echo_ms[0] <= a.echo_ms <= row.echo_ms[1]:
            continue
        if not row.repetition_ms[0] <= a.repetition_ms <= row.repetition_ms[1]:
            continue
        if not _fits_inversion(a, row.inversion_ms) or row.echo not in _echoes(a):
            continue
        return row
    return None


def times_text(acquisition: Acquisition) -> str:
    """The known times as text for the user.

    >>> times_text(Acquisition(echo_ms=99.0, repetition_ms=4000.0))
    'TE 99 ms, TR 4000 ms'
    """
    times = {"TE": acquisition.echo_ms, "TR": acquisition.repetition_ms}
    times["TI"] = acquisition.inversion_ms
    return ", ".join(
        f"{name} {ms:.3g} ms" if ms < 100 else f"{name} {ms:.0f} ms"
        for name, ms in times.items()
        if ms is not None
    )


def _fits_inversion(acquisition: Acquisition, inversion_ms: Range | None) -> bool:
    ti = acquisition.inversion_ms
    if inversion_ms is None:
        return ti is None
    return ti is not None and inversion_ms[0] <= ti <= inversion_ms[1]


def _echoes(acquisition: Acquisition) -> tuple[str, ...]:
    """The possible echo types: both if not stated."""
    stated = acquisition.scanning_sequence
    if "GR" in stated:
        return ("GR",)
    # GE writes RM (research mode) for its own sequences, which may be of either type.
    if "SE" in stated or "IR" in stated:
        return ("SE",)
    return ("SE", "GR")
