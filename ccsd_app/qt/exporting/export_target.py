"""The target of an export: a suggested name, the user's choice, and files to replace."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ccsd_app.export.names import file_name
from ccsd_app.qt.exporting.export_dialogs import ask_file, ask_folder, may_replace
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import CcsdError

KINDS = {
    "nii.gz": "NIfTI label map",
    "stl": "STL surfaces",
    "ply": "PLY surfaces",
    "glb": "GLB surfaces",
    "csv": "CSV table",
    "json": "JSON",
    "png": "PNG picture",
    "svg": "SVG drawing",
    "gif": "GIF",
    "mp4": "MP4 video",
    "webm": "WebM video",
    "dcm": "DICOM",
    "pdf": "PDF report",
}
Names = Callable[[str], Sequence[str]]


class ExportTarget:
    """Asks the user for the target of an export, and remembers its folder.

    Args:
        window: Parent of the dialogs.
        folder: The folder in which they start.
        report: Called with an error message about the user's choice.
    """

    def __init__(self, window: QWidget, folder: Path, report: Callable[[str], None]) -> None:
        self._window = window
        self._folder = folder
        self._report = report

    def file(
        self,
        case: str,
        subset: ModalitySubset | None,
        what: str,
        ending: str,
        *,
        names: Names = lambda name: (name,),
    ) -> Path | None:
        """Ask for the file to write; None if the user cancels.

        The file dialog does not ask about other files that are written as well; this function does.

        Args:
            case: The case's id.
            subset: The subset that is exported; None is all subsets.
            what: What is exported, for the suggested name.
            ending: Ending of the file, without the dot.
            names: Returns every file that is written for a chosen name.
        """
        suggested = self._folder / file_name(case, subset, what, ending)
        title = f"Export {what}"
        path = ask_file(self._window, title, suggested, ending, KINDS[ending])
        if path is None:
            return None
        try:
            other_files = [path.with_name(name) for name in names(path.name) if name != path.name]
        except CcsdError as error:
            self._report(str(error))
            return None
        if not may_replace(self._window, other_files):
            return None
        self._folder = path.parent
        return path

    def folder(self, what: str, names: Sequence[str]) -> Path | None:
        """Ask for the folder to write `names` into; None if the user cancels."""
        folder = ask_folder(self._window, f"Export {what} into", self._folder)
        if folder is None or not may_replace(self._window, [folder / name for name in names]):
            return None
        self._folder = folder
        return folder
