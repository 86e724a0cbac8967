"""Compare two evaluations patient by patient, or put those of several seeds together."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import disclaim, say, show
from ccsd_core.errors import BadInputError


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            help="Two evaluations' folders or scores.csv, A and B; with --seeds all there are.",
            metavar="A B",
        ),
    ],
    *,
    seeds: Annotated[
        bool,
        typer.Option(
            "--seeds",
            help="The evaluations are of one method with several seeds: mean ± sd between them, "
            "beside 95 % intervals over patients.",
        ),
    ] = False,
    metric: Annotated[
        str, typer.Option("--metric", help="A metric of all, as in scores.csv.", metavar="METRIC")
    ] = "dice",
    json: Annotated[
        Path | None,
        typer.Option("--json", help="Write the numbers as JSON too.", metavar="FILE"),
    ] = None,
) -> None:
    """Print what B gains over A, or what seeds have in common: by region, by number of sequences.

    Raises:
        BadInputError: If the evaluations cannot be compared.
    """
    from ccsd_app.cli.outputs import check_json

    if not seeds and len(runs) != 2:
        raise BadInputError(
            f"two evaluations are compared, {len(runs)} {'is' if len(runs) == 1 else 'are'} named: "
            "name A and B, or say --seeds if they are one method's with several seeds"
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
    from ccsd_core.evaluation.paired.paired import pair
    from ccsd_core.evaluation.paired.paired_table import paired_json, paired_table
    from ccsd_core.evaluation.report.scores_file import read_scores

    scores = {place: read_scores(place) for place in (a, b)}
    paired = pair(scores[a], scores[b], metric=metric)
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
    from ccsd_core.evaluation.paired.seeds import over_seeds
    from ccsd_core.evaluation.paired.seeds_table import seeds_json, seeds_table
    from ccsd_core.evaluation.report.scores_file import read_scores

    scores = [read_scores(run) for run in runs]
    found = over_seeds(scores, metric=metric)
    origins = [origin_of(run, of, metric=metric) for run, of in zip(runs, scores, strict=True)]
    if json is not None:
        write_json(json, seeds_json(found, runs=origins))
    show("\n".join(f"run {number}  {of}" for number, of in enumerate(origins, 1)) + "\n")
    print_result(seeds_table(found))
    for note in found.notes:
        say(f"note: {note}")
