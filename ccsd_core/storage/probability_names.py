"""File names of probability maps, which distinguish them from label maps."""

from ccsd_core.domain.region import Region

OF_ALL = "_probabilities"


def of_region(region: Region) -> str:
    """The ending of a label map's name for the probability map of a region."""
    return f"_probability_{region.name}"


def is_probability_name(stem: str) -> bool:
    """Whether a name is one of these.

    >>> is_probability_name("P1_probability_WT"), is_probability_name("P1_FLAIR")
    (True, False)
    """
    return stem.endswith((*map(of_region, Region), OF_ALL))
