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
Labels = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        help="Folder of expert labels, named by case (P1.nii.gz or P1_seg.nii.gz), where they are "
        "not with the images.",
        exists=True,
        file_okay=False,
        metavar="DIR",
    ),
]
Scheme = Annotated[
    str | None,
    typer.Option(
        "--scheme",
        help="Label scheme: brats2021, brats2023, brats2024, msd, or a .toml file of your own.",
        show_default="from the file names, else brats2021",
        metavar="SCHEME",
    ),
]
Study = Annotated[
    str | None,
    typer.Option(
        "--study", help="Which DICOM study to read, if there are several.", metavar="NAME"
    ),
]
