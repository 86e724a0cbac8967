"""List the bundled training configurations, or print all settings of one."""

from typing import Annotated

import typer

from ccsd_app.cli.console import show


def configs(
    name: Annotated[
        str | None,
        typer.Argument(help="Configuration to print in full.", show_default="list all"),
    ] = None,
) -> None:
    """Print names and what they are for, or one configuration in full."""
    from pathlib import Path

    from ccsd_core.training.config.config_file import about, config_names, read_config

    if name is not None:
        show(read_config(Path(name)).model_dump_json(indent=2))
        return
    width = max(map(len, config_names()))
    show("\n".join(f"{each:{width}}  {about(each)}" for each in config_names()))
