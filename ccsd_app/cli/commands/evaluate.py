"""Score a model, or label maps of any program, for each case and subset of its sequences."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import disclaim, say
from ccsd_app.cli.options import Device, Labels, Model, Scheme
from ccsd_core.data.corruption.kinds import severities_text
from ccsd_core.errors import FailedError


def evaluate(
    data: Annotated[
        Path, typer.Argument(help="A case, or a folder of cases at any depth.", metavar="DATA")
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            help="Output folder for scores, summary, tables and pictures.",
            metavar="OUT",
        ),
    ],
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            help="Score only these patients, under the names of any BraTS year: part of a "
            "published split (brats2018-3:test) or of sites (sites:18:test).",
            metavar="NAME:PART",
        ),
    ] = None,
    validation_of: Annotated[
        Path | None,
        typer.Option(
            "--validation-of",
            help="Score only the validation cases of this training run, which it was not trained "
            "on; DATA contains them.",
            metavar="RUN",
        ),
    ] = None,
    metrics: Annotated[
        str,
        typer.Option(
            "--metrics",
            help="dice leaves out HD95 and lesion-wise scores, which take longer.",
            metavar="dice|all",
        ),
    ] = "all",
    hd95_empty: Annotated[
        str,
        typer.Option(
            "--hd95-empty",
            help="HD95 where a region is absent in prediction or reference: brats gives 374 mm (0 "
            "if absent in both), nan gives nan.",
            metavar="brats|nan",
        ),
    ] = "brats",
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            help="Compare with a published table: table1 to table6, or paper for the table of the "
            "year of the data.",
            metavar="TABLE",
        ),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(
            "--predictions",
            help="Score the label maps in this folder (of any program) instead of a model. Named "
            "CASE/FLAIR+T2.nii.gz, FLAIR+T2/CASE.nii.gz or CASE_FLAIR+T2.nii.gz.",
            metavar="DIR",
        ),
    ] = None,
    predictions_scheme: Annotated[
        str | None,
        typer.Option(
            "--predictions-scheme",
            help="Label scheme of the predictions, as for --scheme.",
            show_default="that of the expert labels",
            metavar="SCHEME",
        ),
    ] = None,
    subset: Annotated[
        str | None,
        typer.Option(
            "--subset",
            help="Sequences of predictions whose names do not state them, such as those of "
            "`segment --use FLAIR,T2`: CASE.nii.gz.",
            metavar="SEQUENCES",
        ),
    ] = None,
    missing_rates: Annotated[
        str | None,
        typer.Option(
            "--missing-rates",
            help="Also give the expected score if sequences are missing at these rates, for "
            "example FLAIR=.1,T1c=.3 (others never), given that at least one sequence is present.",
            metavar="RATES",
        ),
    ] = None,
    postprocess: Annotated[
        str | None,
        typer.Option(
            "--postprocess",
            help="Post-processing instead of that of the model: none, or a comma-separated list of "
            "within_images, nested, threshold:ET=0.6, min_component:WT=0.5 (mL), "
            "min_volume:ET=0.2 (mL).",
            show_default="that of the model",
            metavar="RULES",
        ),
    ] = None,
    corrupt: Annotated[
        list[str] | None,
        typer.Option(
            "--corrupt",
            help="Also score with one sequence corrupted, compared with withholding it; can be "
            "repeated. KIND@SEQUENCE runs all five severities: " + severities_text(),
            metavar="KIND:SEVERITY@SEQUENCE",
        ),
    ] = None,
    criticality: Annotated[
        bool,
        typer.Option(
            "--criticality",
            help="Also test whether criticality (cosine, gradient) ranks the sequences like the "
            "drop in Dice when each is withheld. Gradients need about four times the memory.",
        ),
    ] = False,
    labels: Labels = None,
    scheme: Scheme = None,
    model: Model = None,
    device: Device = "auto",
) -> None:
    """Write the scores and print the table of subsets.

    If it is interrupted, the same command continues after the cases that were scored. `torchrun
    --nproc-per-node N -m ccsd_app evaluate …` shares the cases among N processes or GPUs.

    Raises:
        FailedError: If some cases could not be read; the others are scored.
    """
    from ccsd_app.cli.evaluate_options import (
        cases_option,
        check_for_predictions,
        predictions_option,
    )
    from ccsd_app.cli.evaluation import evaluate_into, print_table
    from ccsd_core.data.corruption.kinds import parse_corruptions
    from ccsd_core.domain.postprocess_rules import Postprocess
    from ccsd_core.evaluation.derived.expected_score import MissingRates
    from ccsd_core.evaluation.metrics.registry import choose_metrics
    from ccsd_core.evaluation.published.compare import check_table
    from ccsd_core.evaluation.report.report import FILES
    from ccsd_core.storage.label_maps.scheme_file import scheme_from

    label_scheme = scheme_from(scheme) if scheme is not None else None
    # Before a case or the model is opened, so that a misspelt option is reported at once.
    scored = predictions_option(data, predictions, predictions_scheme, model=model, subset=subset)
    if scored is not None:
        check_for_predictions(
            postprocess=postprocess, corrupt=corrupt or (), criticality=criticality
        )
    choose_metrics(metrics, hd95_empty=hd95_empty)
    rates = MissingRates.parse(missing_rates) if missing_rates is not None else None
    if against is not None:
        check_table(against)
    rules = Postprocess.parse(postprocess) if postprocess is not None else None
    corruptions = parse_corruptions(corrupt or ())
    cases, part = cases_option(data, split, scored, validation_of=validation_of)
    evaluation = evaluate_into(
        out,
        cases,
        model=model,
        predictions=scored,
        part=part,
        rates=rates,
        postprocess=rules,
        criticality=criticality,
        corruptions=corruptions,
        device=device,
        labels=labels,
        scheme=label_scheme,
        metrics=metrics,
        hd95_empty=hd95_empty,
        against=against,
    )
    if evaluation is None:
        return  # the first process of torchrun reports
    for note in evaluation.notes:
        say(f"note: {note}")
    print_table(evaluation, against=against, rates=rates)
    for name in FILES:
        if (out / name).exists():
            say(f"wrote {out / name}")
    broken = [case for case in evaluation.unscored if case.broken]
    for case in evaluation.unscored:
        say(f"{'failed' if case.broken else 'skipped'}: {case.path.name}: {case.reason}")
    disclaim()
    if broken:
        raise FailedError(f"{len(broken)} of {len(cases)} cases could not be read; see above")
