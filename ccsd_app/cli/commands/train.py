"""Train a model from a configuration file."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsd_app.cli.console import Result, say, show, track
from ccsd_app.cli.options import Device, Labels, Scheme
from ccsd_core.errors import BadInputError
from ccsd_core.progress import Steps

if TYPE_CHECKING:
    from ccsd_core.training.config.config import TrainingConfig
    from ccsd_core.training.run.run_status import StatusFile


def train(
    config: Annotated[
        Path | None,
        typer.Argument(
            help="Name of a bundled configuration (ccsd, light, brats2020, smoke …; list: ccsd-app "
            "configs), your own .toml file, or the folder of an earlier run to reuse its settings.",
            show_default="with --resume that of the run",
            metavar="[CONFIG]",
        ),
    ] = None,
    *,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of labelled cases.", metavar="DIR")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Output folder of the run: weights, logs.", metavar="RUN"),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Resume the run in RUN with its own settings; CONFIG is not needed."
        ),
    ] = False,
    init: Annotated[
        Path | None,
        typer.Option(
            "--init",
            help="Initialise from the weights of a model of the same network: name of a bundled "
            "model (list: ccsd-app models), folder of a run, or .safetensors file.",
            metavar="MODEL",
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            "-s",
            help="Change a setting, for example -s steps=2000 -s engine.workers=4.",
            metavar="KEY=VALUE",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Only estimate memory and time of the run, from one timed step."
        ),
    ] = False,
    json: Annotated[
        Path | None,
        typer.Option(
            "--json",
            help="With --dry-run: also write the estimate to this JSON file.",
            metavar="FILE",
        ),
    ] = None,
    labels: Labels = None,
    scheme: Scheme = None,
    device: Device = "auto",
) -> int:
    """Train, and print the model's folder. Ctrl+C saves first, as does a file named stop in RUN.

    On several GPUs: torchrun --nproc-per-node N -m ccsd_app train …
    """
    from ccsd_app.cli.outputs import check_json

    if json is not None and not dry_run:
        raise BadInputError("--json takes the estimate of a dry run: add --dry-run")
    check_json(json)
    # Values on the command line are parsed as TOML.
    options = [f"data.scheme='{scheme}'"] if scheme is not None else []
    options += [f"data.labels='{labels.absolute()}'"] if labels is not None else []
    with _recorded(None if dry_run else run) as status:
        chosen = _settings(config, run if resume else None, [*(changes or ()), *options])
        if dry_run:
            from ccsd_app.cli.training.dry_run import print_dry_run

            print_dry_run(chosen, data=data, device=device, json=json)
            return 0
        if data is None or run is None:
            missing = [
                name for name, value in (("--data DIR", data), ("--out RUN", run)) if value is None
            ]
            raise BadInputError(f"train needs {' and '.join(missing)} (or --dry-run)")
        return _train(
            chosen, data=data, run=run, resume=resume, init=init, device=device, status=status
        )


def _recorded(run: Path | None) -> AbstractContextManager["StatusFile | None"]:
    """Holds the run's folder and records its status; of several processes, the first one does."""
    from ccsd_core.training.run.run_status import recorded

    if run is None or os.environ.get("RANK", "0") != "0":
        return nullcontext()
    return recorded(run)


def _settings(
    config: Path | None, resumed: Path | None, changes: Sequence[str]
) -> "TrainingConfig":
    """The settings of the configuration, or of the run that is resumed."""
    from ccsd_core.training.config.config_file import RUN_CONFIG, read_config

    if config is None:
        if resumed is None:
            raise BadInputError(
                "train needs the name of a configuration, such as light or ccsd (ccsd-app configs "
                "lists them); only --resume with --out RUN needs none"
            )
        config = resumed / RUN_CONFIG
        if not config.is_file():
            raise BadInputError(
                f"{resumed} is not the folder of a run (no {RUN_CONFIG}): check --out"
            )
    return read_config(config, changes)


def _train(
    config: "TrainingConfig",
    *,
    data: Path,
    run: Path,
    resume: bool,
    init: Path | None,
    device: str,
    status: "StatusFile | None",
) -> int:
    if "WORLD_SIZE" in os.environ:  # with torchrun, torch would warn from every process
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    # Torch is imported only now that the configuration is known to be usable.
    from ccsd_app.cli.training.interruption import stop_requested
    from ccsd_core.inference.hardware.ranks import is_first_process
    from ccsd_core.training.loop import train as training
    from ccsd_core.training.run.run_status import RunState, is_stop_requested

    length = f"{config.steps:,} steps" if config.epochs is None else f"{config.epochs} epochs"
    line = f"{config.name}: {length}; writing log, tables and checkpoints to {run}"
    with stop_requested() as interrupted:
        steps = training(
            config,
            data=data,
            run=run,
            resume=resume,
            init=init,
            device=device,
            stop=lambda: interrupted() or is_stop_requested(run),
        )
        if status is not None:
            steps = _reported(steps, status)
        if is_first_process():
            done = track(_announced(steps, line), "training")
        else:
            done = track(steps, "training", quiet=True)
    if status is not None:
        status.end(RunState.FINISHED if done.finished else RunState.STOPPED)
    if not is_first_process():
        return 0
    if not done.finished:
        if done.steps:
            say(f"stopped after step {done.steps} of {done.planned}; saved; continue with --resume")
        else:
            say("stopped before the first step: nothing to save")
        return 130
    show(str(done.model))
    return 0


def _reported(steps: Steps[Result], status: "StatusFile") -> Steps[Result]:
    """The same steps, whose progress is also written to the run's status."""
    with closing(steps):
        while True:
            try:
                progress = next(steps)
            except StopIteration as end:
                return end.value
            status.report(progress)
            yield progress


def _announced(steps: Steps[Result], line: str) -> Steps[Result]:
    """Print the line once the work has begun, so that an error found before is printed alone.

    Notes are printed as soon as they are known.
    """
    with closing(steps):
        progress = next(steps)
        say(line)
        while True:
            for note in progress.notes:
                say(f"note: {note}")
            yield progress
            try:
                progress = next(steps)
            except StopIteration as end:
                return end.value
