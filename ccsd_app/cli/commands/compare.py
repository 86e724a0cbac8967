"""Compare two evaluations patient by patient, or summarise several seeds."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import disclaim, say, show
from ccsd_core.errors import BadInputError


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            help="Folders (or scores.csv files) of two evaluations A and B; with --seeds of all "
            "seeds.",
            metavar="A B",
        ),
    ],
    *,
    seeds: Annotated[
        bool,
        typer.Option(
            "--seeds",
            help="The evaluations are several seeds of one method: show mean ± sd over seeds "
            "and 95 % intervals over patients.",
        ),
    ] = False,
    metric: Annotated[
        str,
        typer.Option(
            "--metric", help="Metric to compare, named as in scores.csv.", metavar="METRIC"
        ),
    ] = "dice",
    json: Annotated[
        Path | None,
        typer.Option("--json", help="Also write the numbers to this JSON file.", metavar="FILE"),
    ] = None,
) -> None:
    """Print B's gain over A, or the mean and spread over seeds, by region and number of sequences.

    Raises:
        BadInputError: If the evaluations cannot be compared.
    """
    from ccsd_app.cli.outputs import check_json

    if not seeds and len(runs) != 2:
        raise BadInputError(
            f"two evaluations are needed, {len(runs)} {'is' if len(runs) == 1 else 'are'} given: "
            "give A and B, or use --seeds if they are several seeds of one method"
        )
    check_json(json)
    if seeds:
        _seeds(runs, metric, json)
    else:
        _pair(runs[0], runs[1], metric, json)
    disclaim()


def _pair(a: Path, b: Path, metric: str, json: Path | None) -> None:
    from ccsd_app.cli.evaluation import print_result
    from ccsd_app.cli.outputs import write_json
    from ccsd_core.evaluation.paired.origin import origin_of
    from ccsd_core.evaluation.paired.paired import compare_paired
    from ccsd_core.evaluation.paired.paired_table import paired_json, paired_table
    from ccsd_core.evaluation.report.scores_file import read_scores

    scores = {place: read_scores(place) for place in (a, b)}
    paired = compare_paired(scores[a], scores[b], metric=metric)
    of_a, of_b = (origin_of(place, scores[place], metric=metric) for place in (a, b))
    if json is not None:
        write_json(json, paired_json(paired, a=of_a, b=of_b))
    show(f"A  {of_a}\nB  {of_b}\n")
    print_result(paired_table(paired))
    for note in paired.notes:
        say(f"note: {note}")


def _seeds(runs: list[Path], metric: str, json: Path | None) -> None:
    from ccsd_app.cli.evaluation import print_result
    from ccsd_app.cli.outputs import write_json
    from ccsd_core.evaluation.paired.origin import origin_of
    from ccsd_core.evaluation.paired.seeds import compare_seeds
    from ccsd_core.evaluation.paired.seeds_table import seeds_json, seeds_table
    from ccsd_core.evaluation.report.scores_file import read_scores

    scores = [read_scores(run) for run in runs]
    found = compare_seeds(scores, metric=metric)
    origins = [origin_of(run, of, metric=metric) for run, of in zip(runs, scores, strict=True)]
    if json is not None:
        write_json(json, seeds_json(found, runs=origins))
    show("\n".join(f"run {number}  {of}" for number, of in enumerate(origins, 1)) + "\n")
    print_result(seeds_table(found))
    for note in found.notes:
        say(f"note: {note}")
