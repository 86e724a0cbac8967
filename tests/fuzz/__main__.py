"""A long run: python -m tests.fuzz --inputs 100000 [--minutes M] [--target NAME] [--seed N].

Targets take turns, each with a new seed, until every one had its share or time is up. A finding
stops nothing: it is listed at the end, and the first input that showed it is kept in `--out`.
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

TURN = 200
"""Inputs of one seed, for a target of share 1: many seeds find more than one long search."""
HANG_S = 120


def turn(target: Target, inputs: int, number: int, folder: Path, out: Path) -> Counter[str]:
    """Try some inputs; returns how often each outcome was seen, findings as `! …`."""
    seen: Counter[str] = Counter()

    def tried(drawn: object) -> None:
        faulthandler.dump_traceback_later(HANG_S, exit=True)
        try:
            seen[outcome(target, drawn, folder)] += 1
        except Exception as error:  # noqa: BLE001 — a finding, whatever it is
            name = _name(error)
            if name not in seen:
                _keep(out, target, drawn, error)
            seen[name] += 1
        finally:
            faulthandler.cancel_dump_traceback_later()

    search = settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    search(seed(number)(given(target.inputs)(tried)))()
    return seen


def _name(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "ccsd_" in f.filename] or frames
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return f"! {type(error).__name__} at {place}"


def _keep(out: Path, target: Target, drawn: object, error: Exception) -> None:
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{target.name} {_name(error)[2:]}".replace(" ", "-").replace(":", "-")
    (out / f"{stem}.pickle").write_bytes(pickle.dumps(drawn))
    text = "".join(traceback.format_exception(error))
    (out / f"{stem}.txt").write_text(text, encoding="utf-8", errors="replace")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="over all targets")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after these")
    parser.add_argument("--target", default="", help="targets with this in their name")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"), help="where findings go")
    asked = parser.parse_args()
    targets = [t for t in TARGETS if asked.target.lower() in t.name.lower()]
    # Stays there, so that an input that ended the process can be looked at.
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    print(f"inputs are written below {folder}", flush=True)
    parts = sum(target.share for target in targets)
    seen = {target: Counter[str]() for target in targets}
    spent = Counter[Target]()
    left = {target: math.ceil(asked.inputs * target.share / parts) for target in targets}
    begun, number = time.monotonic(), asked.seed
    while any(left.values()):
        for target in (t for t in targets if left[t]):
            if time.monotonic() - begun > 60 * asked.minutes:
                return _table(seen, spent)
            inputs = min(left[target], math.ceil(TURN * target.share))
            started = time.monotonic()
            seen[target] += (found := turn(target, inputs, number, folder / "in", asked.out))
            spent[target] += time.monotonic() - started
            # A search ends early where there are no other inputs.
            left[target] -= max(found.total(), inputs // 2)
            left[target] = max(0, left[target])
        number += 1
        print(f"{sum(s.total() for s in seen.values())} inputs", flush=True)
    return _table(seen, spent)


def _table(seen: dict[Target, Counter[str]], spent: Counter[Target]) -> int:
    findings = 0
    for target, outcomes in seen.items():
        bad = {k: n for k, n in outcomes.items() if k.startswith("!")}
        findings += len(bad)
        good = ", ".join(f"{k} {n}" for k, n in outcomes.most_common() if k not in bad)
        print(
            f"{target.name:20} {outcomes.total():7} inputs {spent[target]:6.0f} s  "
            f"{len(bad)} findings  ({good})"
        )
        for name, count in bad.items():
            print(f"    {name}  ({count} times)")
    total = sum(outcomes.total() for outcomes in seen.values())
    print(f"{total} inputs of {len(seen)} kinds: {findings} findings", flush=True)
    return int(findings > 0)


if __name__ == "__main__":
    sys.exit(main())
