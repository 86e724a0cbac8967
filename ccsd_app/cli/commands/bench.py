"""Measure the speed on this machine against its targets. Takes a few minutes."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import say, track
from ccsd_app.cli.options import Device, Model, OptionalCase

BUSY_LOAD = 0.7
"""Load average above which timings are unreliable."""


def bench(
    case: OptionalCase = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--json", help="Write the numbers to this JSON file.", metavar="OUT"),
    ] = None,
    model: Model = None,
    device: Device = "auto",
) -> None:
    """Measure, and print a table with the target next to each number.

    A missed target is not a failure: the exit code says whether measuring worked.

    Raises:
        BadInputError: If the case or the model cannot be used.
    """
    from ccsd_app.benchmark.everything import measure_everything
    from ccsd_app.benchmark.table import as_json, as_table
    from ccsd_app.cli.evaluation import print_result
    from ccsd_app.cli.outputs import check_json, write_json
    from ccsd_core.storage.demo import demo_case

    check_json(out)
    path = demo_case() if case is None else case
    say(f"measuring with {path.name}; this takes a few minutes{_warning()}")
    steps = measure_everything(path, model=model, device=device)
    findings, machine = track(steps, "measuring")
    if out is not None:
        write_json(out, as_json(findings, machine))
        say(f"wrote {out}")
    print_result(as_table(findings, machine))


def _warning() -> str:
    """Other work on the machine makes every number worse; the user should know."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load < BUSY_LOAD:
        return ""
    return f"; the machine is busy (load {load:.1f}), so times will be longer than usual"
