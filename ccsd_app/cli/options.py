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
        help="A bundled model's name, a training run's folder or a .safetensors file.",
        show_default="the bundled model",
        metavar="MODEL",
    ),
]
Device = Annotated[
    str,
    typer.Option("--device", help="auto, cpu, cuda or cuda:N.", metavar="DEVICE"),
]
OptionalCase = Annotated[
    Path | None,
    typer.Argument(
        help="A case folder, or one 4-D file.",
        show_default="the bundled demo case",
        metavar="[CASE]",
    ),
]
Scheme = Annotated[
    str | None,
    typer.Option(
        "--scheme",
        help="What the integers of a label map mean: brats2021, brats2023, brats2024 or msd.",
        show_default="as the case's layout tells, else brats2021",
        metavar="SCHEME",
    ),
]
