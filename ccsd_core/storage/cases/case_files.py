"""The files of a case: one for each sequence, the labels, and notes for the user."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccsd_core.domain.case import Source
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import on_command_line
from ccsd_core.storage.cases.layout import Layout
from ccsd_core.storage.label_maps.segmentation_file import PREDICTION
from ccsd_core.storage.names.time_points import time_points
from ccsd_core.storage.studies.study_record import StudyRecord

_FLAGS = {m: f"--{m.name.lower()}" for m in Modality}
IN_WINDOW = "in the window under Files…"
"""Where the user assigns files in the window."""


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """The files of a case.

    Args:
        path: The folder or file that was opened.
        id: The case's name.
        layout: The layout its names follow.
        images: The file of each sequence.
        labels: The expert's label file, if there is one.
        channels: Channel of each sequence that is stored in a 4-D file.
        own_predictions: Label files written by this program, which are not expert labels.
        not_opened: Sequences whose files were not opened; None stands for the labels.
        unclear: Files that are not recognised from their names, though a sequence is missing.
        of_one_region: Files that are named after one region of a tumour each, though there are no
            labels.
        study: The record of the DICOM study that the images were converted from, if any.
    """

    path: Path
    id: str
    layout: Layout
    images: Mapping[Modality, Source]
    labels: Source | None = None
    channels: Mapping[Modality, int] = field(default_factory=dict[Modality, int])
    own_predictions: tuple[Path, ...] = ()
    not_opened: frozenset[Modality | None] = frozenset()
    unclear: tuple[Path, ...] = ()
    of_one_region: tuple[Path, ...] = ()
    study: StudyRecord | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about the choice."""
        of_study = () if self.study is None else self.study.notes
        return (
            *of_study,
            *self._time_point_notes,
            *self._own_prediction_notes,
            *self._unclear_notes,
            *self._region_notes,
        )

    def named(self, id: str | None) -> "CaseFiles":
        """The same files with another case name, unique among other cases; None keeps the name."""
        return self if id is None else replace(self, id=id)

    def without_labels(self) -> "CaseFiles":
        """The files without the expert labels."""
        if self.labels is None:
            return self
        return replace(self, labels=None, not_opened=self.not_opened | {None})

    @property
    def _time_point_notes(self) -> tuple[str, ...]:
        if self.study is not None:
            return ()  # the converter names its files, and a study is one examination
        points = time_points(source.path.name for source in self.images.values())
        if not points:
            return ()
        listed = ", ".join(f"{m.label}: {s.path.name}" for m, s in sorted(self.images.items()))
        return (
            f"the file names state several dates or visits ({', '.join(points)}), and these files "
            f"were used together: {listed}; if they are of different examinations, open one "
            f"at a time, or choose the files {IN_WINDOW}{options_for(sorted(self.images))}",
        )

    @property
    def _unclear_notes(self) -> tuple[str, ...]:
        if not self.unclear:
            return ()
        missing = [m for m in Modality if m not in self.images]
        listed = first_few(path.name for path in self.unclear)
        several = len(self.unclear) > 1
        return (
            f"no {' and no '.join(m.label for m in missing)} was found; {listed} "
            f"{'were' if several else 'was'} not used: sequence not recognised from "
            f"{'their names' if several else 'its name'}; assign {'them' if several else 'it'} "
            f"{IN_WINDOW}{options_for(missing)}",
        )

    @property
    def _region_notes(self) -> tuple[str, ...]:
        if not self.of_one_region:
            return ()
        names = ", ".join(path.name for path in self.of_one_region)
        return (
            f"{names}: not used, because the name is that of one region of a tumour; expert labels "
            "are read from one file, such as NAME_seg.nii.gz, with an integer for each tissue",
        )

    @property
    def _own_prediction_notes(self) -> tuple[str, ...]:
        return tuple(
            f"{path.name} was not used: it was written by this program (its header says "
            f"{PREDICTION.partition(';')[0]!r}); if it was corrected by an expert, change that text"
            for path in self.own_predictions
        )


def options_for(sequences: Iterable[Modality]) -> str:
    """Options of the command line that name the files of sequences; the window omits them."""
    return on_command_line(", ".join(_FLAGS[modality] for modality in sequences))
