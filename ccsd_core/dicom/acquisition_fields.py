"""How an image was acquired, from the fields of classic and of enhanced multi-frame files.

Classic files state TE, TR and TI once. Enhanced ones state them in functional groups, shared by all
frames or given for each: `MREchoSequence`, `MRTimingAndRelatedParametersSequence`,
`MRModifierSequence`.
Source: DICOM PS3.3, C.8.3.1 (MR Image), C.8.13 (Enhanced MR Image).
"""

import re
from typing import Any

from ccsd_core.dicom.dataset_values import item, items, number, text, texts
from ccsd_core.dicom.instance import Acquisition

_NO_AGENT = frozenset(("", "no", "none", "non", "nein", "n", "na", "0", "ohne", "nativ", "without"))
_PULSES = {"SPIN": {"SE"}, "GRADIENT": {"GR"}, "BOTH": {"SE", "GR"}}


def acquisition_of(dataset: Any) -> Acquisition:
    """Read the fields of a dataset that determine the image contrast."""
    shared = item(dataset, "SharedFunctionalGroupsSequence")
    first = item(dataset, "PerFrameFunctionalGroupsSequence")

    def group(tag: str) -> Any:
        return item(shared, tag) or item(first, tag)

    echo = number(dataset, "EchoTime")
    if echo is None:
        echo = number(group("MREchoSequence"), "EffectiveEchoTime")
    repetition = number(dataset, "RepetitionTime")
    if repetition is None:
        repetition = number(group("MRTimingAndRelatedParametersSequence"), "RepetitionTime")
    modifier = group("MRModifierSequence")
    inversion = number(dataset, "InversionTime")
    if inversion is None:
        inversion = number(modifier, "InversionTimes")
    frame_type = group("MRImageFrameTypeSequence")
    b_value = number(dataset, "DiffusionBValue")
    if b_value is None:
        b_value = number(group("MRDiffusionSequence"), "DiffusionBValue")
    return Acquisition(
        image_type=texts(dataset, "ImageType") or texts(frame_type, "FrameType"),
        scanning_sequence=_scanning_sequence(dataset, modifier),
        sequence_name=text(dataset, "SequenceName") or text(dataset, "PulseSequenceName"),
        dimension=text(dataset, "MRAcquisitionType").upper(),
        echo_ms=echo,
        repetition_ms=repetition,
        inversion_ms=inversion or None,
        agent=_agent(dataset),
        stated_contrast=(
            text(dataset, "AcquisitionContrast") or text(frame_type, "AcquisitionContrast")
        ).upper(),
        b_value=b_value,
        angio=text(dataset, "AngioFlag").upper() == "Y",
    )


def seconds_of_day(time: str) -> float | None:
    """Read a DICOM time.

    >>> seconds_of_day("101530.25"), seconds_of_day("1015"), seconds_of_day("")
    (36930.25, 36900.0, None)
    """
    match = re.match(r"(\d{2}):?(\d{2})?:?(\d{2}(?:\.\d+)?)?", time)
    if match is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _scanning_sequence(dataset: Any, modifier: Any) -> frozenset[str]:
    classic = texts(dataset, "ScanningSequence")
    if classic:
        return frozenset(classic)
    found = set(_PULSES.get(text(dataset, "EchoPulseSequence").upper(), ()))
    if "YES" in (
        text(dataset, "InversionRecovery").upper(),
        text(modifier, "InversionRecovery").upper(),
    ):
        found.add("IR")
    if text(dataset, "EchoPlanarPulseSequence").upper() == "YES":
        found.add("EP")
    return frozenset(found)


def _agent(dataset: Any) -> str:
    """The contrast agent; empty if the field states that none was given."""
    name = text(dataset, "ContrastBolusAgent")
    if not name:
        coded = [text(code, "CodeMeaning") for code in items(dataset, "ContrastBolusAgentSequence")]
        name = ", ".join(meaning for meaning in coded if meaning)
    volume = number(dataset, "ContrastBolusVolume")
    if volume == 0 or re.sub(r"[^a-z0-9]", "", name.lower()) in _NO_AGENT:
        return ""
    return name
