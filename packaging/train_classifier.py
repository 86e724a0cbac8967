"""Train the classifier that tells which sequence an image looks like, and say how well it does.

    python packaging/train_classifier.py OUT FOLDER… --test FOLDER…

Each FOLDER holds cases (skull-stripped or not, on any grids). Images of one patient stay on one
side of every split. Prints what cross-validation by patient finds, writes the weights of networks
trained on everything to OUT, and prints how they do on the folders of `--test`.
"""

import argparse
import sys
from collections.abc import Callable
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.model_selection import GroupKFold
from torch import nn
from torch.nn import functional

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.appearance.classifier import FILE, FLOOR
from ccsd_core.storage.appearance.features import features
from ccsd_core.storage.appearance.mismatches import SWAPPED
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.formats import load_volume
from ccsd_core.storage.names.identity import published_names
from ccsd_core.storage.names.patients import patient_of

HIDDEN, MEMBERS, STEPS, FOLDS = 48, 3, 600, 10
Predict = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def main() -> None:
    """Train, validate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--test", type=Path, nargs="*", default=[])
    asked = parser.parse_args()
    x, y, patients, kinds = read(asked.folders)
    sys.stdout.write(f"{len(x)} images of {len(set(patients))} patients\n")
    scores = np.zeros((len(x), len(Modality)))
    for train, test in GroupKFold(FOLDS).split(x, y, patients):
        scores[test] = predict(
            [fitted(x[train], y[train], seed) for seed in range(MEMBERS)], x[test]
        )
    for kind in sorted(set(kinds)):
        tell(kind, scores, y, patients, kinds == kind)
    members = [fitted(x, y, seed) for seed in range(MEMBERS)]
    stacked = {name: np.stack([one[name] for one in members]) for name in members[0]}
    stacked["mean"], stacked["scale"] = members[0]["mean"], members[0]["scale"]
    asked.out.mkdir(parents=True, exist_ok=True)
    save_file({k: v.astype(np.float32) for k, v in stacked.items()}, asked.out / FILE)
    if asked.test:
        x, y, patients, kinds = read(asked.test)
        scores = predict(members, x)
        for kind in sorted(set(kinds)):
            tell(f"not trained on: {kind}", scores, y, patients, kinds == kind)


def read(
    folders: list[Path],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.str_], NDArray[np.str_]]:
    """Features, sequences, patients and folders of all images."""
    rows: list[NDArray[np.float64]] = []
    warnings: list[tuple[int, str, str]] = []
    for folder in folders:
        for case in sorted(one for one in folder.iterdir() if one.is_dir()):
            files = choose(inventory(case))
            names = sorted(
                {p for n in (files.id, *published_names([case])) for p in patient_of(n).names}
            )
            patient = names[0] if names else f"{folder.name}/{files.id}"
            for modality, source in files.images.items():
                found = features(load_volume(source.path).volume)
                if found is None:
                    sys.stdout.write(f"no head: {source.path}\n")
                    continue
                rows.append(found)
                warnings.append((int(modality), patient, folder.name))
    sequences, patients, kinds = zip(*warnings, strict=True)
    return np.stack(rows), np.array(sequences), np.array(patients), np.array(kinds)


def fitted(
    x: NDArray[np.float64], y: NDArray[np.int64], seed: int
) -> dict[str, NDArray[np.float32]]:
    """The weights of one network."""
    torch.manual_seed(seed)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 0.05
    first, last = nn.Linear(x.shape[1], HIDDEN), nn.Linear(HIDDEN, len(Modality))
    network = nn.Sequential(nn.Dropout(0.2), first, nn.ReLU(), nn.Dropout(0.3), last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.1)
    inputs = torch.tensor((x - mean) / scale).float()
    wanted = torch.tensor(y)
    for _ in range(STEPS):
        optimiser.zero_grad()
        logits = network(inputs + 0.2 * torch.randn_like(inputs))
        functional.cross_entropy(logits, wanted, label_smoothing=0.05).backward()
        optimiser.step()
    tensors = {"in": first.weight, "in_bias": first.bias, "out": last.weight, "out_bias": last.bias}
    weights = {name: tensor.detach().numpy().copy() for name, tensor in tensors.items()}
    return {**weights, "mean": mean, "scale": scale}


def predict(
    members: list[dict[str, NDArray[np.float32]]], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Log-probabilities, as `classifier.log_probabilities` computes them."""
    total = np.zeros((len(x), len(Modality)))
    for one in members:
        hidden = np.maximum((x - one["mean"]) / one["scale"] @ one["in"].T + one["in_bias"], 0)
        logits = hidden @ one["out"].T + one["out_bias"]
        total += np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.log(total / len(members) + FLOOR)


def tell(
    kind: str,
    scores: NDArray[np.float64],
    y: NDArray[np.int64],
    patients: NDArray[np.str_],
    of_kind: NDArray[np.bool_],
) -> None:
    """Print how many images, swaps and false alarms are told for one folder."""
    right = (scores.argmax(axis=1) == y)[of_kind].mean()
    swaps, warnings, false, studies = 0, 0, 0, 0
    for patient in sorted(set(patients[of_kind])):
        at = np.flatnonzero((patients == patient) & of_kind)
        own = list(y[at])

        def fit(order: list[int], at: NDArray[np.int64] = at) -> float:
            return float(sum(scores[i, m] for i, m in zip(at, order, strict=True)))

        best = max(fit(list(order)) for order in permutations(own))
        false += best - fit(own) > SWAPPED
        studies += 1
        for i, j in combinations(range(len(own)), 2):
            order = list(own)
            order[i], order[j] = order[j], order[i]
            warnings += best - fit(order) > SWAPPED
            swaps += 1
    sys.stdout.write(
        f"{kind}: {100 * right:.1f} % of images right; {warnings} of {swaps} swaps told "
        f"({100 * warnings / max(1, swaps):.1f} %), {false} of {studies} studies doubted wrongly\n"
    )


if __name__ == "__main__":
    main()
