"""Give a model test-time augmentation: `python packaging/set_tta.py MODEL OUT 1.6 2.2m`.

The first number is the grid, in mm, that results lie on; each further one is a view whose logits
are averaged with it, `m` mirrored. The weights stay as they are, the scores do not: OUT has none,
and a hash of its own. Score it with `ccsd-app evaluate --model OUT`.
"""

import sys
from pathlib import Path

from pydantic import ValidationError

from ccsd_core.model.choices import with_current_names
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.tta_view import TtaView
from ccsd_core.storage.models.checkpoint import load_model_file, save_model


def main(model: Path, out: Path, first_mm: float, tta: tuple[TtaView, ...]) -> None:
    """Write the model with other test-time augmentation."""
    if out.exists():
        sys.exit(f"{out} is there already: name a new folder")
    weights, manifest = load_model_file(model)
    try:
        config = ModelConfig.model_validate(
            {**with_current_names(manifest.model), "spacing_mm": first_mm, "tta": tta}
        )
    except ValidationError as error:
        sys.exit(f"{error.errors()[0]['msg']}")
    changed = {"model": config.model_dump(mode="json"), "scores": {}}
    save_model(out, weights, manifest.model_copy(update=changed))


def _view(text: str) -> TtaView:
    return TtaView(spacing_mm=float(text.removesuffix("m")), mirrored=text.endswith("m"))


if __name__ == "__main__":
    _, source, target, first, *further = sys.argv
    main(Path(source), Path(target), float(first), tuple(map(_view, further)))
