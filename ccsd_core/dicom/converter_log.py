"""Warnings of dcm2niix for the user, without the temporary paths."""

import re
from collections.abc import Mapping

_IRRELEVANT = ("slice timing", "protocol data block", "BIDS", "b-value", "bvec")
"""Words of warnings that matter for functional and diffusion series only."""


def warnings_in(log: str, names: Mapping[str, str], *, folder: str) -> tuple[str, ...]:
    """The warnings and errors of a conversion that concern the volume, without repetitions.

    Args:
        log: The output of the program.
        names: The original name of each copied file, by the name of its copy.
        folder: The temporary folder, which is removed from the messages.
    """
    found: list[str] = []
    for line in log.splitlines():
        match = re.match(r"\s*(?:Serious )?(?:Warning|Error)\s*:\s*(.+)", line, re.IGNORECASE)
        if match is None:
            continue
        message = re.sub(rf"{re.escape(folder)}[\\/]*(?:in[\\/]+)?", "", match[1]).strip()
        for copy, name in names.items():
            message = message.replace(copy, name)
        if message not in found and not any(word in message for word in _IRRELEVANT):
            found.append(message)
    return tuple(found)
