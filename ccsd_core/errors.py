"""Every error this project raises on purpose, so that callers can distinguish them from bugs.

    CcsdError                       something the user can act on
    ├── BadInputError               what the user gave cannot be used (CLI exit code 2)
    │   ├── EmptySubsetError        no modality left
    │   ├── UnknownModalityError    a name that is not one of our MR sequences
    │   ├── UnknownRegionError      a name that is not a tumour region
    │   ├── UnknownSplitError       a name that is not a published split or part of one
    │   ├── UnknownSiteError        a number that is not one of the known sites
    │   ├── LabelsError             expert labels that cannot be used; the images may be
    │   │   └── LabelSchemeError    labels that do not fit the stated scheme
    │   ├── NiftiError              a file that is not a usable NIfTI image
    │   ├── ItkImageError           a file that is not a usable NRRD or MetaImage
    │   ├── DicomError              files that are not a usable DICOM study
    │   ├── CaseError               a folder or set of files that is not a usable case
    │   ├── CheckpointError         weights that cannot be used
    │   └── ConfigError             a training configuration with mistakes
    └── FailedError                 the input was fine, the work failed (CLI exit code 1)
        ├── ResourceError           memory, disk or device failed
        ├── MissingLibraryError     an optional library is not installed
        └── TrainingError           training cannot go on

Messages are one line: what was wrong, the offending value, the remedy.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches


class CcsdError(Exception):
    """Base of all errors that carry a message for the user."""


class BadInputError(CcsdError):
    """What the user gave cannot be used."""


class EmptySubsetError(BadInputError):
    """A subset of modalities with nothing in it."""

    def __init__(self) -> None:
        super().__init__("no sequence is left: keep at least one of FLAIR, T1, T1c, T2")


class UnknownModalityError(BadInputError):
    """A name that is none of our MR sequences."""

    def __init__(self, name: str, *, known: Iterable[str]) -> None:
        self.name = name
        super().__init__(f"unknown sequence {name!r}: use one of {', '.join(known)}")


class UnknownRegionError(BadInputError):
    """A name that is none of the tumour regions."""

    def __init__(self, name: str, *, known: Iterable[str]) -> None:
        self.name = name
        super().__init__(f"unknown region {name!r}: use one of {', '.join(known)}")


class UnknownSplitError(BadInputError):
    """A name that is none of the published splits, or of their parts."""

    def __init__(self, name: str, *, known: Iterable[str]) -> None:
        self.name = name
        known = tuple(known)
        super().__init__(
            f"unknown split {name!r}: {did_you_mean(name, known)}use one of {', '.join(known)}"
        )


class UnknownSiteError(BadInputError):
    """A number that is none of the known sites."""

    def __init__(self, site: str, *, asked: str, known: Mapping[str, int]) -> None:
        self.site = site
        there = ", ".join(f"{number} ({patients})" for number, patients in known.items())
        super().__init__(
            f"unknown site {site!r} in {asked!r}: give one or more of these, separated by commas "
            f"(with number of patients): {there}"
        )


class LabelsError(BadInputError):
    """Expert labels that cannot be used. The case can be used without them."""


class LabelSchemeError(LabelsError):
    """Labels that do not fit the stated scheme, or an unknown scheme."""


class NiftiError(BadInputError):
    """A file that is not a usable NIfTI image."""


class ItkImageError(BadInputError):
    """A file that is not a usable NRRD or MetaImage."""


class DicomError(BadInputError):
    """DICOM files that do not make a usable study. Messages name files, never the patient."""


class CaseError(BadInputError):
    """A folder or a set of files that does not make a case."""


class CheckpointError(BadInputError):
    """Weights that cannot be used."""


class ConfigError(BadInputError):
    """A training configuration with mistakes; the message lists all of them."""


class FailedError(CcsdError):
    """The input was fine, but the work failed."""


class ResourceError(FailedError):
    """Memory, disk or device failed."""


class MissingLibraryError(FailedError):
    """A library that this function needs is not installed."""


class TrainingError(FailedError):
    """Training cannot go on."""


def on_command_line(way_out: str) -> str:
    """Advice that applies to the command line alone; see `without_command_line`.

    >>> "choose a model" + on_command_line("--model")
    'choose a model (command line: --model)'
    """
    return f" (command line: {way_out})"


def without_command_line(text: str) -> str:
    """A message as a window shows it: without advice for the command line.

    >>> without_command_line("choose a model (command line: --model), then try again")
    'choose a model, then try again'
    """
    return re.sub(r" \(command line: [^)]*\)", "", text)


def did_you_mean(name: str, known: Iterable[str], *, before: str = "") -> str:
    """A question with the most similarly spelt name, to begin advice; "" if none is similar.

    >>> did_you_mean("lite", ["light", "ccsd"])
    'did you mean light? '

    Args:
        name: What was given.
        known: The known names.
        before: Text before the proposed name.
    """
    close = get_close_matches(name, tuple(known), n=1, cutoff=0.6)
    return f"did you mean {before}{close[0]}? " if close else ""


def first_line(error: BaseException) -> str:
    """The first line of an error's message; empty if it has none."""
    return (str(error).splitlines() or [""])[0]


def bug_line(error: BaseException) -> str:
    """The message about an unexpected error, which is a bug."""
    return f"internal error, please report it: {type(error).__name__}: {first_line(error)}"
