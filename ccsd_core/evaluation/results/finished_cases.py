"""Results of single cases stored as files, so that an interrupted evaluation can be continued.

    OUT/finished_cases/
    └── 81ab…/          hash of model, metrics and everything else that the results depend on
        └── 3f9c….json  one case, named by its files

The folder is removed when the evaluation's report is written. Several processes may share it.
"""

import hashlib
import json
import shutil
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ccsd_core.errors import ResourceError
from ccsd_core.evaluation.results.case_result import CaseResult
from ccsd_core.evaluation.results.result import UnscoredCase
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.file_states import file_states
from ccsd_core.version import VERSION

FOLDER = "finished_cases"

FinishedCase = CaseResult | UnscoredCase

_RESULTS: TypeAdapter[FinishedCase] = TypeAdapter(
    FinishedCase, config=ConfigDict(ser_json_inf_nan="constants")
)


class FinishedCases:
    """A folder of results, one file for each case.

    Args:
        folder: The folder; it is created with the first result.
        settings: Everything that the results depend on (model, metrics, post-processing …), as
            text.
    """

    def __init__(self, folder: Path, *, settings: str) -> None:
        self.folder = folder
        self._of_settings = folder / _hash([VERSION, settings])

    def __len__(self) -> int:
        """Number of results with these settings."""
        return len(list(self._of_settings.glob("*.json")))

    def get(self, files: CaseFiles) -> FinishedCase | None:
        """The result of a case with these files; None if it is missing or unreadable."""
        try:
            return _RESULTS.validate_json(self._file(files).read_bytes())
        except (OSError, ValidationError):
            return None

    def keep(self, files: CaseFiles, result: FinishedCase) -> None:
        """Store the result of a case.

        Raises:
            ResourceError: If its file cannot be written.
        """
        path = self._file(files)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResourceError(
                f"{path.parent} cannot be created ({error.strerror}): choose another folder with -o"
            ) from error
        write_text(path, _RESULTS.dump_json(result).decode())

    def clear(self) -> None:
        """Remove all results, including those of other settings."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, files: CaseFiles) -> Path:
        return self._of_settings / f"{_hash([files.id, file_states(files)])}.json"


def _hash(key: object) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
