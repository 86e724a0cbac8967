"""Average the weights of models of one training: `python packaging/mean_of_models.py OUT MODEL …`.

What they share stays, what one of them guesses for itself fades. The mean has seen what any of
them has seen. It is scored as a model of its own.

Source: M. Wortsman et al., Model soups, ICML 2022.
"""

import sys
from pathlib import Path

import torch

from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.models.checkpoint import load_model_file, save_model


def main(out: Path, models: list[Path]) -> None:
    """Write the mean of the models' weights, with the manifest of the last."""
    parts = [load_model_file(model) for model in models]
    last = parts[-1][1]
    # As settings, not as written: an older manifest does not name what came later.
    networks = [ModelConfig.model_validate(manifest.model) for _, manifest in parts]
    if any(network != networks[-1] for network in networks):
        sys.exit("only models of one network can be averaged: their settings differ")
    mean = {
        name: torch.stack([weights[name].double() for weights, _ in parts]).mean(0).to(value.dtype)
        for name, value in parts[-1][0].items()
    }
    seen = dict.fromkeys(case for _, manifest in parts for case in manifest.training_cases)
    save_model(out, mean, last.model_copy(update={"training_cases": tuple(seen), "scores": {}}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(model) for model in sys.argv[2:]])
