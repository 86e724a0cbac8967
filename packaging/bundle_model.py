"""Bundle a training run's model: `python packaging/bundle_model.py RUN SUMMARY.json NAME`.

SUMMARY.json is what `ccsd-app evaluate` wrote for cases that the run has not seen; a summary
with a seen case is refused. The model card is written by hand beside the result.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from ccsd_core.domain.case import SYNTHETIC_PREFIX
from ccsd_core.storage.models.checkpoint import load_model_file, save_model
from ccsd_core.storage.models.evaluation_file import EVALUATION
from ccsd_core.storage.names.patients import seen_among
from ccsd_core.training.config.config import EngineConfig, TrainingConfig

LICENCE = "Apache-2.0 for the weights"
MADE_UP = "trained on synthetic patients only, see CARD.md"
REAL = "trained in part on real patients, see CARD.md for source and attribution"
BY_HAND = ("CARD.md", "failures.png")


def main(run: Path, summary_path: Path, name: str) -> None:
    """Copy the weights with licence, scores and summary into the bundled models."""
    tensors, manifest = load_model_file(run / "model")
    summary = json.loads(summary_path.read_text())
    seen = seen_among(summary["cases"], manifest.training_cases)
    if seen or summary["model"]["sha256"] != manifest.sha256:
        sys.exit(f"{summary_path} is not an honest evaluation of {run}: seen {seen}")
    scores = {
        f"{region} mean of 15 subsets, {len(summary['cases'])} unseen case(s)": round(value, 4)
        for region, value in summary["mean"].items()
    }
    folder = Path(__file__).parent.parent / "resources" / "models" / name
    kept = {path.name: path.read_bytes() for path in folder.glob("*") if path.name in BY_HAND}
    made_up = all(case.startswith(SYNTHETIC_PREFIX) for case in manifest.training_cases)
    licence = f"{LICENCE}; {MADE_UP if made_up else REAL}"
    # The folder of prepared cases is of the machine that trained, and of nobody's interest.
    plain = TrainingConfig.model_validate(manifest.training)
    engine = plain.engine.model_copy(update={"cache_dir": EngineConfig().cache_dir})
    training = plain.model_copy(update={"engine": engine}).model_dump(mode="json")
    bundled = manifest.model_copy(
        update={"name": name, "licence": licence, "scores": scores, "training": training}
    )
    with tempfile.TemporaryDirectory() as trial:
        if save_model(Path(trial) / "model", tensors, bundled).sha256 != manifest.sha256:
            sys.exit(f"{run} was saved by an older version: save it again, and evaluate that")
    save_model(folder, tensors, bundled)
    for file, content in kept.items():
        (folder / file).write_bytes(content)
    shutil.copy(summary_path, folder / EVALUATION)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
