"""The model card of a run: what the weights are, what they saw, how they score, for people."""

from ccsd_core.domain.case import count_cases
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.storage.patients import seen_among
from ccsd_core.training.config import TrainingConfig
from ccsd_core.training.validation import Validation
from ccsd_core.version import software_version

_METHOD = (
    "The method is CCSD (arXiv:2511.14599), reconstructed from the paper's text. This is no "
    "official implementation, and the authors of the paper have no part in it."
)


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
        config: The run.
        trained_on: Ids of all cases the weights have seen.
        parameters: Of the network.
        step: After how many optimiser steps the weights were taken.
        validation: Their scores on cases not trained on, if there are any.
    """
    m, d = config.model, config.distillation
    on = [name for name, used in (("HMSD", d.hmsd), ("DMCD", d.dmcd)) if used]
    facts = [
        f"- **Network:** {m.backbone}, {parameters:,} parameters, {m.spacing_mm:g} mm voxels, "
        f"missing sequences filled with `{m.missing_fill}`",
        f"- **Self-distillation:** {' and '.join(on) or 'none'}",
        f"- **Trained:** {step:,} of {config.steps:,} steps of {config.data.batch} patches of "
        f"{' × '.join(map(str, config.data.patch))} voxels; running average of the weights",
        f"- **Seen in training:** {count_cases(trained_on)}"
        + (f", training part of {config.data.split}" if config.data.split else ""),
        f"- **Software:** {software_version()}; everything else is in `manifest.json`",
        "- **Licence:** not stated; the licences of the training data bind whoever shares weights",
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
    honest = "This run was not trained on them"
    if seen:
        honest += f", but the weights it began from were, on {', '.join(seen)}: far too good"
    return [
        "Dice in percent on the network's own grid, mean over the validation cases "
        f"({count_cases(validation.cases)}). {honest}. The weights were chosen by these cases, so "
        "expect a little less on others.",
        "",
        *rows,
    ]
