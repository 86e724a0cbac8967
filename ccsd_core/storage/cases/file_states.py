"""The state of a case's files: path, size and modification time of each.

It is known without reading a file. Results made from the files are stored under this state.
"""

from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_files import CaseFiles

FileState = tuple[str, str, str, int, int]
"""Role, reason for the role, resolved path, size in bytes, modification time in nanoseconds."""


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
