r"""The table of names: which ending or word of a file's name says which sequence it shows.

    ENDINGS  how a published data set ends the names of its files; matched exactly
    WORDS    what a word of any other name says; where each comes from stands beside it

To understand another name: one row here, one line in the test, which tries every row. What the
words of a name say together is decided in `naming`. Descriptions of DICOM series have a table of
their own, `dicom.recognition.vocabulary`, which says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ccsd_core.domain.modality import SYNONYMS, Modality

Role = Modality | Literal["labels"]
"""What a file is used as: one of the sequences, or the expert labels."""

Meaning = (
    Role
    | Literal[
        "contrast",  # beside T1: contrast agent was given
        "no contrast",  # anywhere: none was given, whatever the other words say
        "operation",  # after "pre" or "post": they speak of surgery, not of contrast agent
        "brain",  # beside a word for labels: a mask of the brain, not of a tumour
        "another scan",  # neither of the four sequences, though a word may look like one
        "derived",  # made from another file, which is preferred
    ]
)
"""What a word of a file name means."""


@dataclass(frozen=True, slots=True)
class Endings:
    """How the files of a published data set are named: the case's name, then one of these.

    Args:
        roles: By ending, lower case.
        source: Where they are published.
    """

    roles: Mapping[str, Role]
    source: str


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words of a file name that mean the same.

    Args:
        means: What they mean.
        pattern: A regular expression for a whole word, lower case; a space in it stands between
            two words that follow each other.
        source: Where such names are used.
    """

    means: Meaning
    pattern: str
    source: str


BRATS2021 = Endings(
    {
        "_flair": Modality.FLAIR,
        "_t1": Modality.T1,
        "_t1ce": Modality.T1C,
        "_t2": Modality.T2,
        "_seg": "labels",
    },
    source="BraTS 2018 to 2021",
)
BRATS2023 = Endings(
    {
        "-t2f": Modality.FLAIR,
        "-t1n": Modality.T1,
        "-t1c": Modality.T1C,
        "-t2w": Modality.T2,
        "-seg": "labels",
    },
    source="BraTS 2023 and 2024, adult glioma and other tumours of the same years",
)
ENDINGS = (BRATS2021, BRATS2023)

_ANY = "free names, in common use"
_BIDS = "BIDS 1.x, anatomy: suffixes T1w, T2w and FLAIR, entity ce-"
_PLANE = "(?:ax|axial|sag|cor)?"


def _synonyms(modality: Modality) -> str:
    return "|".join(SYNONYMS[modality])


WORDS: tuple[NameWords, ...] = (
    NameWords("labels", "seg|segm|segmentations?", "BraTS, and free names"),
    NameWords("labels", "labels?|lbl|mask|gt|groundtruth|annotation", _ANY),
    NameWords("brain", "brain|brainmask|bet|head|tissue|parenchyma", _ANY),
    NameWords("brain", "skull|skullstrip", _ANY),
    NameWords("another scan", "adc|dwi|dti|fa|md", "diffusion"),
    NameWords("another scan", "asl|cbf|cbv|dce|dsc|perfusion|perf", "perfusion"),
    NameWords("another scan", "swi|t2star|t2s|t2 star", "susceptibility"),
    NameWords("another scan", "bold|localizer", _ANY),
    NameWords(Modality.FLAIR, r"\S*flair\S*", "free names: t2flair, axflair, flair2d"),
    NameWords(Modality.FLAIR, _synonyms(Modality.FLAIR), "`SYNONYMS`; t2f: BraTS 2023"),
    NameWords(
        Modality.T1C, _synonyms(Modality.T1C), "`SYNONYMS`; t1ce: BraTS 2018, t1c: BraTS 2023"
    ),
    NameWords(Modality.T1C, f"{_PLANE}t1w?(?:c|ce|cc)", _ANY),
    NameWords(
        Modality.T1C, f"{_PLANE}t1w?(?:gd|gad|gado)", "t1Gd: TCGA-GBM, TCGA-LGG (Bakas 2017)"
    ),
    NameWords(Modality.T1C, f"{_PLANE}t1w?(?:post|contrast|postcontrast)", _ANY),
    NameWords(Modality.T1C, f"{_PLANE}t1w?km", "German: Kontrastmittel"),
    NameWords(Modality.T1, _synonyms(Modality.T1), "`SYNONYMS`; t1n: BraTS 2023"),
    NameWords(Modality.T1, f"{_PLANE}t1(?:w|wi|n|native)?", f"{_BIDS}; free names"),
    NameWords(Modality.T2, _synonyms(Modality.T2), "`SYNONYMS`; t2w: BraTS 2023"),
    NameWords(Modality.T2, f"{_PLANE}t2(?:w|wi)?", f"{_BIDS}; free names"),
    NameWords("contrast", "ce", f"{_BIDS}; free names"),
    NameWords("contrast", "c|cc", "free names: T1+C"),
    NameWords("contrast", "gd|gad|gado|gadolinium", _ANY),
    NameWords("contrast", "post|postcontrast|contrast|enhanced", _ANY),
    NameWords("contrast", "km", "German: Kontrastmittel"),
    NameWords("no contrast", "pre|precontrast|native|no|non|without", _ANY),
    NameWords("operation", "op|operative|surgery|treatment|rt", "free names: t1_post_op"),
    NameWords("derived", "bias", "free names: a copy after correction of the bias field"),
)
