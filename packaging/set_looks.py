"""Let a model look several times: `python packaging/set_looks.py MODEL OUT 1.6 2.2m`.

The first number is the grid, in mm, that results lie on; each further one is a look whose logits
are averaged with it, `m` mirrored. The weights stay as they are.
"""

import sys
from pathlib import Path

from ccsd_core.model.config import ModelConfig
from ccsd_core.model.look import Look
from ccsd_core.storage.checkpoint import load_model_file, save_model


def main(model: Path, out: Path, first_mm: float, looks: tuple[Look, ...]) -> None:
    """Write the model with other looks."""
    weights, manifest = load_model_file(model)
    config = ModelConfig.model_validate({**manifest.model, "spacing_mm": first_mm, "looks": looks})
    save_model(out, weights, manifest.model_copy(update={"model": config.model_dump(mode="json")}))


def _look(text: str) -> Look:
    return Look(spacing_mm=float(text.removesuffix("m")), mirrored=text.endswith("m"))


if __name__ == "__main__":
    _, source, target, first, *further = sys.argv
    main(Path(source), Path(target), float(first), tuple(map(_look, further)))
