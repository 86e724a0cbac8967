"""Open the window, or write a picture of it."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import disclaim, say
from ccsd_app.cli.options import Device, Model, OptionalCase


def view(
    case: OptionalCase = None,
    *,
    snapshot: Annotated[
        Path | None,
        typer.Option(
            "--snapshot",
            help="Write a picture of the window with the result from all sequences, and exit.",
            metavar="OUT.png",
        ),
    ] = None,
    model: Model = None,
    device: Device = "auto",
) -> int:
    """Open the viewer on `case`, or write its picture.

    Raises:
        BadInputError: If the picture's name does not end in `.png`, or the file is another
            program's.
    """
    from ccsd_app.main import open_window, save_snapshot

    if snapshot is None:
        return open_window(case, model=model, device=device)
    from ccsd_app.cli.outputs import check_png

    check_png(snapshot)
    code = save_snapshot(case, snapshot, model=model, device=device)
    say(f"wrote {snapshot}")
    disclaim()
    return code
