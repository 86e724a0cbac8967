"""A long run: python -m tests.fuzz --inputs 100000 [--target NAME] [--seed N].

Every target gets its share; findings do not stop it. They
are listed at the end, each with the first input that showed it, kept in `--out`.
"""

import argparse
import faulthandler
import math
import pickle
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.target import Target, outcome
from tests.fuzz.targets import TARGETS

CHUNK = 250
"""Inputs of one seed: many seeds find more than one long search."""
HANG_S = 120


def run(target: Target, inputs: int, first_seed: int, folder: Path, out: Path) -> Counter[str]:
    """Try a target; returns how often each outcome was seen, findings as `! …`."""
    seen: Counter[str] = Counter()

    def tried(drawn: object) -> None:
        faulthandler.dump_traceback_later(HANG_S, exit=True)
        try:
            seen[outcome(target, drawn, folder)] += 1
        except Exception as error:  # noqa: BLE001 — a finding, whatever it is
            name = _name(error)
            if name not in seen:
                _keep(out, target, drawn, error, len(seen))
            seen[name] += 1
        finally:
            faulthandler.cancel_dump_traceback_later()

    number = first_seed
    while sum(seen.values()) < inputs:
        left = inputs - sum(seen.values())
        search = settings(
            max_examples=min(CHUNK, left),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        search(seed(number)(given(target.inputs)(tried)))()
        number += 1
    return seen


def _name(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "ccsd_" in f.filename] or frames
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return f"! {type(error).__name__} at {place}"


def _keep(out: Path, target: Target, drawn: object, error: Exception, number: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{target.name.replace(' ', '-')}-{number}"
    (out / f"{stem}.pickle").write_bytes(pickle.dumps(drawn))
    text = "".join(traceback.format_exception(error))
    (out / f"{stem}.txt").write_text(text, encoding="utf-8", errors="replace")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="over all targets")
    parser.add_argument("--target", default="", help="targets with this in their name")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"), help="where findings go")
    asked = parser.parse_args()
    targets = [t for t in TARGETS if asked.target.lower() in t.name.lower()]
    findings = total = 0
    # Stays there, so that an input that ended the process can be looked at.
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    print(f"inputs are written below {folder}", flush=True)
    parts = sum(target.share for target in targets)
    for target in targets:
        begun = time.monotonic()
        share = math.ceil(asked.inputs * target.share / parts)
        seen = run(target, share, asked.seed, folder / "in", asked.out)
        tried, bad = sum(seen.values()), {k: n for k, n in seen.items() if k.startswith("!")}
        total, findings = total + tried, findings + len(bad)
        good = ", ".join(f"{k} {n}" for k, n in seen.most_common() if k not in bad)
        print(
            f"{target.name:20} {tried:7} inputs {time.monotonic() - begun:6.0f} s  "
            f"{len(bad)} findings  ({good})",
            flush=True,
        )
        for name, count in bad.items():
            print(f"    {name}  ({count} times)", flush=True)
    print(f"{total} inputs of {len(targets)} kinds: {findings} findings")
    return int(findings > 0)


if __name__ == "__main__":
    sys.exit(main())
