"""Options that several commands share, with one wording each.

Nothing heavy is imported here: this is what `--help` waits for.
"""

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Name of a bundled model, folder of a training run, or .safetensors file.",
        show_default="the bundled model",
        metavar="MODEL",
    ),
]
Device = Annotated[
    str,
    typer.Option("--device", help="Device: auto, cpu, cuda or cuda:N.", metavar="DEVICE"),
]
OptionalCase = Annotated[
    Path | None,
    typer.Argument(
        help="Case folder or 4-D file.",
        show_default="the bundled demo case",
        metavar="[CASE]",
    ),
]
Scheme = Annotated[
    str | None,
    typer.Option(
        "--scheme",
        help="Label scheme: brats2021, brats2023, brats2024 or msd.",
        show_default="from the file names, else brats2021",
        metavar="SCHEME",
    ),
]
