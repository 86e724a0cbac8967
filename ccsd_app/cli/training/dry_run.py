"""What `train --dry-run` prints, and writes as JSON."""

from dataclasses import asdict
from pathlib import Path

from ccsd_app.cli.console import say, show, track
from ccsd_app.cli.outputs import write_json
from ccsd_core.data.sites import is_by_site
from ccsd_core.data.splits import read_split
from ccsd_core.errors import BadInputError
from ccsd_core.inference.hardware.ranks import is_first_process
from ccsd_core.storage.cases.case_folder import find_cases
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.dry_run import DryRun, dry_run
from ccsd_core.training.memory_estimate import MemoryEstimate
from ccsd_core.training.selection import Selection
from ccsd_core.training.usable import select_usable


def print_dry_run(
    config: TrainingConfig, *, data: Path | None, device: str, json: Path | None = None
) -> None:
    """Print size, memory and time of a training run; with `data`, also its number of cases.

    Args:
        config: Configuration of the run.
        data: Folder of the cases.
        device: `auto`, `cpu`, `cuda`, `cuda:N`.
        json: File that the numbers are also written to.

    Raises:
        BadInputError: If the configuration counts epochs and no data are given.
    """
    division = select_usable(config, find_cases(data)) if data is not None else None
    if division is not None:
        config = config.with_steps_for(len(division.training))
    elif config.data.split and not is_by_site(config.data.split):
        config = config.with_steps_for(len(read_split(config.data.split).train))
    elif config.epochs is not None:
        raise BadInputError(
            f"{config.name} trains for {config.epochs} epochs; their steps depend on the cases: "
            "give --data DIR"
        )
    is_first = is_first_process()
    if is_first:
        show(f"configuration  {config.name}: {config.model.backbone}, {config.steps:,} steps")
        if division is not None:
            for note in division.notes:
                say(f"note: {note}")
            validating = (
                f", {len(division.validation)} for validation" if division.validation else ""
            )
            show(f"cases          {len(division.training)} for training{validating}")
    estimates: list[MemoryEstimate] = []

    def on_estimate(estimate: MemoryEstimate) -> None:
        estimates.append(estimate)
        if is_first:
            _show_estimate(estimate)

    measured = track(
        dry_run(config, device=device, on_estimate=on_estimate), "dry run", quiet=not is_first
    )
    if is_first:
        _show_measured(measured, config, estimated=bool(estimates))
        if json is not None:
            write_json(json, _content(config, division, measured, estimates))


def _content(
    config: TrainingConfig,
    division: Selection | None,
    measured: DryRun,
    estimates: list[MemoryEstimate],
) -> dict[str, object]:
    cases = None
    if division is not None:
        cases = {
            "training": len(division.training),
            "validation": len(division.validation),
            "notes": division.notes,
        }
    needed = estimates[0].needed_bytes / 1e6 if estimates else measured.peak_mb
    return {
        "configuration": config.name,
        "steps": config.steps,
        "cases": cases,
        **asdict(measured),
        "step_s": measured.step_s,
        "hours": measured.hours,
        "needed_mb": needed,
        "free_mb": estimates[0].free_bytes / 1e6 if estimates else None,
    }


def _show_estimate(estimate: MemoryEstimate) -> None:
    """Print the estimated memory, before a step is tried that might not fit."""
    show(f"parameters     {estimate.parameters:,}")
    show(
        f"memory         {estimate.state_bytes / 1e6:,.0f} MB for weights and optimiser + "
        f"{estimate.kept_bytes / 1e6:,.0f} MB for the backward pass, estimated from a box of "
        f"{_times(estimate.box)} voxels; {estimate.needed_bytes / 1e9:.1f} GB at the peak, "
        f"{estimate.free_bytes / 1e9:.1f} GB are free"
    )


def _show_measured(measured: DryRun, config: TrainingConfig, *, estimated: bool) -> None:
    """Print what one measured step needs; parameters only if `_show_estimate` has not."""
    lines = [f"device         {measured.device}, {measured.precision}"]
    if not estimated:
        lines.append(f"parameters     {measured.parameters:,}")
    memory = (
        f"{measured.state_mb:,.0f} MB for weights and optimiser + "
        f"{measured.activations_mb:,.0f} MB "
        "for the backward pass, counted in a step"
    )
    if measured.peak_mb is not None:
        memory += f"; {measured.peak_mb:,.0f} MB at most, measured"
    lines += [
        f"batch          {measured.accumulated} × {measured.micro_batch} patches of "
        f"{_times(config.data.patch)} voxels",
        f"memory         {memory}",
        f"time           {measured.step_s:.2f} s per step "
        f"({measured.micro_batch_s:.2f} s per micro-batch, measured once), about "
        f"{_duration(measured.hours)} for the run at this speed, without validation",
    ]
    show("\n".join(lines))


def _times(sides: tuple[int, int, int]) -> str:
    return " × ".join(map(str, sides))


def _duration(hours: float) -> str:
    if hours < 1:
        return f"{max(1, round(60 * hours))} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"
