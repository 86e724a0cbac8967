"""Minutes of scanner time of each sequence: round assumptions that the user replaces.

Times differ between scanners and protocols. The defaults are assumed, not measured: 3-D T1 before
and after contrast agent, axial FLAIR and T2; 18 minutes together, of at most 30 for a whole tumour
protocol (target of ACRIN 6686, table 3 of PMC7968800). One published set of 2-D sequences at 1.5
and 3 T takes 4.4 to 5.9 minutes for FLAIR, 2.4 to 2.7 for a plain T2, 1.4 to 2.8 for T1
(radiologykey.com/standard-3-0-t-mr-imaging, table of parameters); 3-D T1 takes longer.
"""

from collections.abc import Mapping

from ccsd_core.domain.modality import Modality

Minutes = Mapping[Modality, float]
LEAST, MOST, STEP = 0.5, 60.0, 0.5
"""What can be entered."""
DEFAULT_MINUTES: Minutes = {
    Modality.FLAIR: 4.0,
    Modality.T1: 5.0,
    Modality.T1C: 5.0,
    Modality.T2: 4.0,
}
ASSUMED = "Minutes are assumed: enter those of your scanner."


def with_minutes(minutes: Minutes, modality: Modality, value: float) -> Minutes:
    """The minutes with another time of one sequence, within what can be entered.

    >>> with_minutes(DEFAULT_MINUTES, Modality.T2, 99)[Modality.T2]
    60.0
    """
    return {**minutes, modality: min(max(round(value, 1), LEAST), MOST)}


def stored_minutes(minutes: Minutes) -> dict[str, float]:
    """The minutes as they are stored among the preferences."""
    return {modality.name: minutes[modality] for modality in Modality}


def minutes_from(stored: Mapping[str, float]) -> Minutes:
    """Minutes from the preferences; unknown names are left out, missing ones are the defaults."""
    found = DEFAULT_MINUTES
    for modality in Modality:
        if modality.name in stored:
            found = with_minutes(found, modality, stored[modality.name])
    return found
