"""Typical headers of Siemens, GE and Philips for the sequences of a brain tumour study.

One entry per vendor, dimension and sequence. Numbers and names are typical of the vendor's default
protocols.
"""

from collections.abc import Mapping

Header = Mapping[str, object]

MANUFACTURER = {
    "siemens": ("SIEMENS", "MAGNETOM Skyra"),
    "ge": ("GE MEDICAL SYSTEMS", "SIGNA Premier"),
    "philips": ("Philips Medical Systems", "Ingenia"),
}
IMAGE_TYPE = {
    "siemens": ["ORIGINAL", "PRIMARY", "M", "ND", "NORM"],
    "ge": ["ORIGINAL", "PRIMARY", "OTHER"],
    "philips": ["ORIGINAL", "PRIMARY", "M_SE", "M", "SE"],
}


def _row(description: str, scanning: list[str], te: float, tr: float, **more: object) -> Header:
    return {
        "SeriesDescription": description,
        "ProtocolName": description,
        "ScanningSequence": scanning,
        "EchoTime": te,
        "RepetitionTime": tr,
        **more,
    }


PROTOCOLS: Mapping[tuple[str, str, str], Header] = {
    ("siemens", "2D", "FLAIR"): _row(
        "t2_tirm_tra_dark-fluid", ["SE", "IR"], 81, 9000, InversionTime=2500, SequenceName="*tir2d1"
    ),
    ("siemens", "2D", "T1"): _row("t1_se_tra", ["SE"], 8.4, 550, SequenceName="*se2d1"),
    ("siemens", "2D", "T1c"): _row(
        "t1_se_tra_KM",
        ["SE"],
        8.4,
        550,
        SequenceName="*se2d1",
        ContrastBolusAgent="Gadovist",
    ),
    ("siemens", "2D", "T2"): _row("t2_tse_tra", ["SE"], 99, 4200, SequenceName="*tse2d1_15"),
    ("siemens", "3D", "FLAIR"): _row(
        "t2_space_dark-fluid_sag", ["SE", "IR"], 388, 5000, InversionTime=1800
    ),
    ("siemens", "3D", "T1"): _row("t1_mprage_sag", ["GR", "IR"], 2.3, 1900, InversionTime=900),
    ("siemens", "3D", "T1c"): _row(
        "t1_mprage_sag_KM",
        ["GR", "IR"],
        2.3,
        1900,
        InversionTime=900,
        ContrastBolusAgent="Gadovist",
    ),
    ("siemens", "3D", "T2"): _row("t2_space_sag", ["SE"], 408, 3200),
    ("ge", "2D", "FLAIR"): _row("Ax T2 FLAIR", ["SE", "IR"], 120, 9500, InversionTime=2400),
    ("ge", "2D", "T1"): _row("Ax T1 FLAIR", ["SE", "IR"], 24, 2500, InversionTime=860),
    ("ge", "2D", "T1c"): _row(
        "Ax T1 FLAIR +C", ["SE", "IR"], 24, 2500, InversionTime=860, ContrastBolusAgent="GAD"
    ),
    ("ge", "2D", "T2"): _row("Ax T2 FSE", ["SE"], 102, 5200, InversionTime=0),
    ("ge", "3D", "FLAIR"): _row("Sag CUBE T2 FLAIR", ["SE", "IR"], 118, 6000, InversionTime=1700),
    ("ge", "3D", "T1"): _row("Ax 3D BRAVO", ["GR"], 3.2, 8.2, InversionTime=450),
    ("ge", "3D", "T1c"): _row(
        "Ax 3D BRAVO +C", ["GR"], 3.2, 8.2, InversionTime=450, ContrastBolusAgent="GAD"
    ),
    ("ge", "3D", "T2"): _row("Sag CUBE T2", ["SE"], 90, 2500, InversionTime=0),
    ("philips", "2D", "FLAIR"): _row("FLAIR_longTR", ["IR"], 125, 11000, InversionTime=2800),
    ("philips", "2D", "T1"): _row("T1W_SE", ["SE"], 12, 600),
    ("philips", "2D", "T1c"): _row("T1W_SE_GD", ["SE"], 12, 600, ContrastBolusAgent="Dotarem"),
    ("philips", "2D", "T2"): _row("T2W_TSE", ["SE"], 80, 3000),
    ("philips", "3D", "FLAIR"): _row("3D_FLAIR_VISTA", ["IR"], 340, 4800, InversionTime=1650),
    ("philips", "3D", "T1"): _row("sT1W_3D_TFE", ["GR"], 3.8, 8.2),
    ("philips", "3D", "T1c"): _row(
        "sT1W_3D_TFE_GD", ["GR"], 3.8, 8.2, ContrastBolusAgent="Dotarem"
    ),
    ("philips", "3D", "T2"): _row("3D_T2W_VISTA", ["SE"], 250, 2500),
}
