"""List the bundled models: training data, scores, licence."""

from typing import Annotated

import typer

from ccsd_app.cli.console import show
from ccsd_core.errors import FailedError


def models(
    name: Annotated[
        str | None, typer.Argument(help="Model whose card is printed.", show_default="all")
    ] = None,
) -> None:
    """List all models, or print one card.

    Raises:
        FailedError: If no model comes with this installation.
    """
    from ccsd_core.domain.case import count_cases
    from ccsd_core.storage.models.bundled import BundledModel, bundled_model, bundled_models

    if name is not None:
        show(bundled_model(name).model_card.rstrip() or f"{name} has no model card")
        return

    def line(model: BundledModel) -> str:
        manifest = model.manifest
        scores = "  ".join(f"{region} {value:.3f}" for region, value in manifest.scores.items())
        return "\n".join(
            [
                model.name,
                f"  sha256    {manifest.sha256}",
                f"  trained   on {count_cases(manifest.training_cases)} ({manifest.software})",
                f"  scores    {scores or 'none recorded'}",
                f"  licence   {manifest.licence or 'not stated'}",
                f"  card      {model.folder}",
            ]
        )

    found = bundled_models()
    if not found:
        raise FailedError("this installation has no model: install the software again")
    show("\n\n".join(line(model) for model in found))
