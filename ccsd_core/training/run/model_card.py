"""The model card of a run: network, training cases and scores, for readers."""

from collections.abc import Mapping

from ccsd_core.domain.case import count_cases
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.model.choices import MissingFill
from ccsd_core.storage.names.patients import seen_among
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.validation import Validation
from ccsd_core.version import software_version

_METHOD = (
    "The method is CCSD (arXiv:2511.14599), reconstructed from the paper's text. This is not "
    "an official implementation; the authors of the paper are not involved."
)

_FILL_ORIGIN: Mapping[MissingFill, str] = {
    "constant": "ours: the shared encoder's output for a zeroed channel away from its borders, "
    "added after each norm; the paper's is `literal`, the whole map",
    "token": "ours: a learned vector for each sequence; the paper's is `literal`",
    "literal": "as in the paper: the shared encoder's output for a zeroed channel",
    "mean_shared": "ours: the mean of the available shared features; the paper's is `literal`",
    "first_shared": "ours: the shared features of the first available sequence; the paper's is "
    "`literal`",
    "shaspec": "as in ShaSpec's code: the first available shared features at the deepest level, "
    "the shared encoder's output for a zeroed channel at the others; the paper's is `literal`, "
    "the latter at every level",
    "none": "ours, a control: no replacement; the paper's is `literal`",
    "zero_shared": "ours, of an earlier version: the shared encoder's output for a zeroed channel "
    "away from its borders, which a level's norm removes again; the paper's is `literal`",
}
"""The fill of a missing sequence and its origin; see `ccsd_core.model.fill`."""


def model_card(
    config: TrainingConfig,
    *,
    trained_on: tuple[str, ...],
    parameters: int,
    step: int,
    validation: Validation | None,
) -> str:
    """The card as Markdown.

    Args:
        config: Configuration of the run.
        trained_on: Ids of all cases that the weights were trained on.
        parameters: Number of the network's parameters.
        step: Number of optimiser steps of the weights.
        validation: Scores on cases not used for training, if there are any.
    """
    m, d = config.model, config.distillation
    on = [name for name, used in (("HMSD", d.hmsd), ("DMCD", d.dmcd)) if used]
    facts = [
        f"- **Network:** {m.backbone}, {parameters:,} parameters, {m.spacing_mm:g} mm voxels, "
        f"missing sequences filled with `{m.missing_fill}` ({_FILL_ORIGIN[m.missing_fill]})",
        f"- **Self-distillation:** {' and '.join(on) or 'none'}",
        f"- **Trained:** {step:,} of {config.steps:,} steps of {config.data.batch} patches of "
        f"{' × '.join(map(str, config.data.patch))} voxels; running average of the weights",
        f"- **Begun from:** {config.begun_from or 'random weights'}",
        f"- **Seen in training:** {count_cases(trained_on)}"
        + (f", training part of {config.data.split}" if config.data.split else ""),
        f"- **Software:** {software_version()}; everything else is in `manifest.json`",
        (
            "- **Licence:** not stated; the licences of the training data apply when sharing "
            "the weights"
        ),
    ]
    lines = [f"# {config.name}", "", DISCLAIMER, "", _METHOD, "", *facts, ""]
    lines += ["Ids of the training cases are in `manifest.json`.", "", "## Scores", ""]
    lines += _scores(validation, trained_on)
    return "\n".join(lines) + "\n"


def _scores(validation: Validation | None, trained_on: tuple[str, ...]) -> list[str]:
    if validation is None:
        return [
            "None: the run had no validation. "
            "`ccsd-app evaluate DATA --model RUN -o OUT` scores it."
        ]
    names = " | ".join(m.label for m in Modality)
    rows = [f"| {names} | WT | TC | ET |", "|" + ":-:|" * len(Modality) + "--:|" * 3]
    for subset, row in validation.table.items():
        dots = " | ".join("●" if m in subset else "○" for m in Modality)
        values = " | ".join(f"{100 * v:.1f}" for v in row)
        rows.append(f"| {dots} | {values} |")
    seen = seen_among(validation.cases, trained_on)
    training_note = "This run was not trained on them"
    if seen:
        training_note += (
            f", but its initial weights were, on {', '.join(seen)}: scores are far too optimistic"
        )
    return [
        "Dice in percent on the grid of the network, mean over the validation cases "
        f"({count_cases(validation.cases)}). {training_note}. The weights were chosen by these "
        "cases, so expect slightly lower scores on others.",
        "",
        *rows,
    ]
