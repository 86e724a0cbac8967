"""Write synthetic cases: four sequences and exact labels, in the layout of BraTS 2021."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import show, track


def synth(
    out: Annotated[Path, typer.Argument(help="The folder to write into.", metavar="OUT")],
    *,
    cases: Annotated[int, typer.Option("--cases", help="How many.", min=1, metavar="N")] = 1,
    seed: Annotated[
        int, typer.Option("--seed", help="The same seed gives the same cases.", min=0, metavar="S")
    ] = 0,
    spacing: Annotated[
        float,
        typer.Option(
            "--spacing", help="Voxel edge in mm; 2 is enough for training.", min=0.5, max=8.0
        ),
    ] = 1.0,
) -> None:
    """Write cases and print their folders."""
    from ccsd_core.data.synthetic import write_cases

    for path in track(write_cases(out, count=cases, seed=seed, spacing_mm=spacing), "synthesising"):
        show(str(path))
