"""Messages of dcm2niix as sentences for the user: its warnings, without our temporary paths."""

import re
from collections.abc import Mapping

_OF_NO_CONCERN = ("slice timing", "protocol data block", "BIDS", "b-value", "bvec")
"""Words of warnings about functional and diffusion series only."""


def warnings_in(log: str, names: Mapping[str, str], *, folder: str) -> tuple[str, ...]:
    """The warnings and errors of a conversion that bear on a volume, each once.

    Args:
        log: What the program printed.
        names: Names in the study of the files that were copied for it.
        folder: Where they were copied to; it is taken out.
    """
    found: list[str] = []
    for line in log.splitlines():
        match = re.match(r"\s*(?:Serious )?(?:Warning|Error)\s*:\s*(.+)", line, re.IGNORECASE)
        if match is None:
            continue
        message = re.sub(rf"{re.escape(folder)}[\\/]*(?:in[\\/]+)?", "", match[1]).strip()
        for copy, name in names.items():
            message = message.replace(copy, name)
        if message not in found and not any(word in message for word in _OF_NO_CONCERN):
            found.append(message)
    return tuple(found)
