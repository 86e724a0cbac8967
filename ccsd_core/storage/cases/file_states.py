"""Whether the files of a case have changed: path, size and time of change of each.

Known without reading a file. Results made from them are kept under this state and found again.
"""

from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_files import CaseFiles

FileState = tuple[str, str, str, int, int]
"""Role, reason for the role, resolved path, size in bytes, time of change in nanoseconds."""


def file_states(files: CaseFiles) -> list[FileState]:
    """The state of each file of a case: the sequences in order, then the labels.

    Raises:
        CaseError: If one cannot be accessed.
    """
    roles = {modality.name: source for modality, source in sorted(files.images.items())}
    if files.labels is not None:
        roles["labels"] = files.labels
    states: list[FileState] = []
    for role, source in roles.items():
        real = source.path.resolve()
        try:
            found = real.stat()
        except OSError as error:
            raise CaseError(
                f"case {files.id!r}: {source.path} cannot be read ({error.strerror}): check its "
                "permissions"
            ) from error
        states.append((role, source.reason, str(real), found.st_size, found.st_mtime_ns))
    return states
