"""Write pictures and the table of subsets for the demo case; needs no display."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import disclaim, say
from ccsd_app.cli.options import Device, Model
from ccsd_core.errors import FailedError

OTHER_FILES = ("window.png", "table.txt")
"""Files written in addition to those of an evaluation."""
ALL_FILES = (
    *("window.png", "curve.png", "table.png", "table.md", "table.csv", "table.txt"),
    *("scores.csv", "summary.json"),
)


def demo(
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Output folder.", metavar="OUT")] = Path(
        "out/demo"
    ),
    model: Model = None,
    device: Device = "auto",
) -> None:
    """Run the bundled model on the bundled case, and write the picture and the tables.

    Raises:
        BadInputError: If files that this program did not write would be overwritten.
        FailedError: If the window's picture could not be made.
    """
    from ccsd_app.cli.evaluation import evaluate_into, plain_table, print_table
    from ccsd_core.storage.atomic import write_text
    from ccsd_core.storage.demo import demo_case

    case = demo_case()
    evaluation = evaluate_into(out, [case], model=model, device=device, other_files=OTHER_FILES)
    if evaluation is None:
        return  # the first process of torchrun goes on
    print_table(evaluation)
    write_text(out / "table.txt", plain_table(evaluation) + "\n")
    say("drawing the window, which takes as long as opening it (the model runs once more) …")
    _picture(case, out / "window.png", model=model, device=device)
    for name in ALL_FILES:
        say(f"wrote {out / name}")
    disclaim()


def _picture(case: Path, out: Path, *, model: str | None, device: str) -> None:
    """The picture of the window, made in another process, because this one has loaded torch."""
    out.unlink(missing_ok=True)  # of an earlier demo, of any version
    view = ["view", str(case), "--snapshot", str(out), "--device", device]
    command = [sys.executable, "-m", "ccsd_app", *view]
    if model is not None:
        command += ["--model", model]
    # Off-screen libraries write to stderr; only a failure is worth reading.
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not out.exists():
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise FailedError(f"the picture of the window could not be made: {lines[-1]}")
