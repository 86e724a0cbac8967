"""Train a model from a configuration file."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import show, track
from ccsd_app.cli.options import Device


def train(
    config: Annotated[
        Path,
        typer.Argument(
            help="A configuration, or the name of a bundled one (smoke, light-first).",
            metavar="CONFIG.toml",
        ),
    ],
    *,
    data: Annotated[
        Path, typer.Option("--data", help="The folder of labelled cases.", metavar="DIR")
    ],
    run: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Where weights, metrics.csv and manifest go.", metavar="RUN"
        ),
    ],
    resume: Annotated[bool, typer.Option("--resume", help="Go on where RUN stopped.")] = False,
    init: Annotated[
        Path | None,
        typer.Option("--init", help="Start from these weights.", metavar="WEIGHTS"),
    ] = None,
    device: Device = "auto",
) -> None:
    """Train, and print where the weights lie."""
    from ccsd_core.training.config_file import read_config

    chosen = read_config(config)
    # Torch is imported only now that the configuration is known to be usable.
    from ccsd_core.training.loop import train as training

    steps = training(chosen, data=data, run=run, resume=resume, init=init, device=device)
    show(str(track(steps, "training")))
