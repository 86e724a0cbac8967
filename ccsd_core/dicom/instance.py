"""The header of one DICOM file as plain values.

Instance ─┬─ Acquisition   how the image was acquired: TE, TR, TI, contrast agent …
      └─ Placement     position of the slices in the patient
"""

from dataclasses import dataclass, field

from ccsd_core.dicom.study_files import StudyFile

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Acquisition:
    """How an image was acquired. Fields are empty or None if the header does not state them.

    Args:
        image_type: The values of Image Type (0008,0008): original or derived, and the type of
            image.
        scanning_sequence: SE, IR, GR, EP, RM as in (0018,0020); derived from Echo Pulse Sequence
            (0018,9008) in enhanced files.
        sequence_name: The vendor's name of the pulse sequence, (0018,0024) or (0018,9005).
        dimension: "2D" or "3D", (0018,0023).
        echo_ms, repetition_ms, inversion_ms: TE, TR and TI; a TI of 0 is None.
        agent: Contrast/Bolus Agent (0018,0010); empty if the text states that none was given.
        stated_contrast: Acquisition Contrast (0008,9209) of an enhanced file.
        b_value: Diffusion b-value in s/mm².
        angio: Whether the header states that it is an angiogram.
    """

    image_type: tuple[str, ...] = ()
    scanning_sequence: frozenset[str] = frozenset()
    sequence_name: str = ""
    dimension: str = ""
    echo_ms: float | None = None
    repetition_ms: float | None = None
    inversion_ms: float | None = None
    agent: str = ""
    stated_contrast: str = ""
    b_value: float | None = None
    angio: bool = False

    @property
    def is_derived(self) -> bool:
        """Whether it was computed from other images."""
        return "DERIVED" in self.image_type[:1]


@dataclass(frozen=True, slots=True)
class Placement:
    """The position of the slices of one file, in DICOM's coordinates: LPS+ millimetres.

    Args:
        rows, columns: Size of the pixel matrix.
        spacing_mm: Distance between rows, and between columns; None if not stated.
        thickness_mm: Slice thickness.
        rows_along: Unit vectors along a row and along a column: (0020,0037), six numbers.
        positions: The centre of the first pixel of every slice, (0020,0032).
        mixed: Whether the frames of the file have different orientations.
    """

    rows: int
    columns: int
    spacing_mm: tuple[float, float] | None = None
    thickness_mm: float | None = None
    rows_along: tuple[float, ...] | None = None
    positions: tuple[Point, ...] = ()
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """One file of a study.

    Args:
        file: The file in the study.
        shown_name: Its path in the study, without parts that identify the patient.
        patient: A key, equal for files of one patient; never shown.
        study_uid, series_uid, instance_uid: DICOM's own identifiers; never shown.
        frame_of_reference: Equal where the patient was not repositioned.
        kind: The value of Modality (0008,0060): MR, CT, SR …
        sop_class: The type of the object: DICOM's SOP Class UID.
        transfer_syntax: Transfer Syntax UID: how its pixels are stored.
        series_number, number: Numbers of the series and of the instance.
        description: Series description, without parts that identify the patient.
        protocol: Protocol name, likewise.
        manufacturer: As stated in the header.
        body_part: Body Part Examined.
        acquisition, placement: How it was acquired, and the position of its slices.
        frames: Number of images in the file.
        images_in_acquisition: Number of images in the acquisition; None if not stated.
        started_s: Start of the acquisition, in seconds since midnight.
        injected_s: Time of the contrast injection, in seconds since midnight.
        has_pixels: Whether there is pixel data.
        lacks_bytes: Number of bytes of it that are missing at the end of the file.
        study_date: Date of the study, as 2026-01-02; empty if not stated.
    """

    file: StudyFile = field(repr=False)
    shown_name: str
    patient: str = field(repr=False)
    study_uid: str = field(repr=False)
    series_uid: str = field(repr=False)
    instance_uid: str = field(repr=False)
    frame_of_reference: str = field(repr=False)
    kind: str
    sop_class: str
    transfer_syntax: str
    series_number: int | None
    number: int | None
    description: str
    protocol: str
    manufacturer: str
    body_part: str
    acquisition: Acquisition
    placement: Placement
    frames: int = 1
    images_in_acquisition: int | None = None
    started_s: float | None = None
    injected_s: float | None = None
    has_pixels: bool = True
    lacks_bytes: int = 0
    study_date: str = ""

    @property
    def is_enhanced(self) -> bool:
        """Whether the file holds several slices."""
        return self.frames > 1 or len(self.placement.positions) > 1
