r"""The table of names: the sequence that each ending or word of a file name means.

    ENDINGS     how a published data set ends the names of its files; matched exactly
    WORDS       words only in file names: for labels, masks, copies
    vocabulary  words for sequences and contrast agent: the words of scanners, shared
                with DICOM series (`ccsd_core.dicom.recognition.vocabulary`)

To support another name, add one row here or there, and one line in the test, which tries every row.
`naming` decides what the words of a name mean together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ccsd_core.domain.modality import Modality

Role = Modality | Literal["labels"]
"""What a file is used as: one of the sequences, or the expert labels."""

Meaning = Literal[
    "labels",  # an expert's label map, or that of another program
    "tumour",  # with a word for a mask: a tumour mask; alone: a label map
    "mask",  # with a sequence: of the brain, as HD-BET names it; otherwise labels
    "brain",  # with a word for labels: a mask of the brain, not of a tumour
    "sequence",  # one of the four
    "another scan",  # none of the four sequences, though a word may look like one
    "derived",  # made from another file, which is preferred
    "target",  # followed by a sequence: what the image was registered to, not what it shows
]
"""What a word of a file name means."""


@dataclass(frozen=True, slots=True)
class Endings:
    """The endings of a published data set's file names: the case's name, then one of these.

    Args:
        roles: Role of each ending, in lower case.
        source: Publication of the endings.
    """

    roles: Mapping[str, Role]
    source: str


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words of a file name with the same meaning.

    Args:
        means: What they mean.
        pattern: A regular expression for a whole word, lower case; a space in it separates two
            consecutive words.
        source: Data sets or tools that use such names.
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

WORDS: tuple[NameWords, ...] = (
    NameWords(
        "labels", "seg|segm|segmentations?|segs?mask", "BraTS, UPENN-GBM, UCSF-PDGM, RHUH-GBM"
    ),
    NameWords("labels", "dseg", "BIDS 1.x derivatives: discrete segmentation"),
    NameWords("labels", r"gtv\d?|ctv\d?", "BraTS-MEN-RT and radiotherapy: gross tumour volume"),
    NameWords("tumour", "o ot", "BraTS 2012 to 2015: VSD.Brain_3more.XX.O.OT, observer truth"),
    NameWords("labels", "glistr ?boost", "TCGA-GBM, TCGA-LGG (Bakas 2017), FeTS"),
    NameWords("labels", "labels?|lbl|gt|ground ?truth|truth|annotations?|roi", _ANY),
    NameWords("labels", "contours?|delineations?", _ANY),
    NameWords(
        "tumour",
        r"tumou?rs?|gliomas?|lesions?|mets?|meningiomas?",
        "UCSF-PDGM, BTC_preop; free names",
    ),
    NameWords("tumour", r"(?:tumou?r|lesion) ?(?:mask|segm?|label)s?", "MU-Glioma-Post: tumorMask"),
    NameWords("tumour", r"mask ?(?:tumou?r|lesion)s?", _ANY),
    NameWords("mask", "masks?", "EGD: MASK is the tumour; HD-BET: X_mask is the brain of X"),
    NameWords("brain", "brain|brain ?mask|hd ?bet|bet|head|tissue|parenchyma", _ANY),
    NameWords(
        "brain", "skull|skull ?strip(?:ped)?|synthseg|aseg|aparc|ventricles?|csf|wm|gm", _ANY
    ),
    NameWords("sequence", "t2f", "BraTS 2023: FLAIR"),
    NameWords("sequence", "fl", "`SYNONYMS`: FLAIR"),
    NameWords("another scan", "adc|dwi|dti|fa|md|ad|rd", "diffusion"),
    NameWords("another scan", "asl|cbf|cbv|dce|dsc|perfusion|perf", "perfusion"),
    NameWords("another scan", "swi|t2star|t2s|t2 star", "susceptibility"),
    NameWords("another scan", "bold|localizer", _ANY),
    NameWords("derived", "bias", "UCSF-PDGM: a copy after correction of the bias field"),
    NameWords(
        "target",
        r"(?:co)?reg(?:istered)?(?: ?(?:to|2|on))?|to|2|onto|aligned(?: to)?|resampled(?: to)?|"
        r"warped(?: to)?|in(?: space)?(?: of)?|space",
        "free names: flair_reg_to_t1; BIDS: space-T1w",
    ),
)
