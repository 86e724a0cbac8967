"""A command line, a small patient and a small untrained model to use it on."""

import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import nibabel as nib
import numpy as np
import pytest

from ccsd_app.cli.program import run
from ccsd_core.domain.modality import Modality

SHAPE = (40, 44, 36)
SPACING_MM = 3.0
ENDINGS = {Modality.FLAIR: "flair", Modality.T1: "t1", Modality.T1C: "t1ce", Modality.T2: "t2"}


@dataclass(frozen=True)
class CommandResult:
    """What one command line left behind."""

    code: int
    out: str
    err: str

    @property
    def error_lines(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.strip()]


@pytest.fixture
def real_figures() -> None:
    """For a test whose `command` draws the figures of a report."""


@pytest.fixture
def command(capsys, request, monkeypatch):
    """Runs `ccsd-app …` in this process.

    The figures of a report are left empty, for matplotlib takes longer than scoring a small case.
    """
    if "real_figures" not in request.fixturenames:
        for figure in ("curve", "table"):
            module = SimpleNamespace(**{f"{figure}_png": lambda _: b""})
            name = f"ccsd_core.evaluation.report.{figure}_figure"
            monkeypatch.setitem(sys.modules, name, module)

    def command(*arguments: object) -> CommandResult:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return CommandResult(code, captured.out, captured.err)

    return command


@pytest.fixture
def make_case(tmp_path):
    """Writes a case of BraTS 2021 names: a bright ball in a brain that is a bigger ball."""

    def make_case(
        name: str = "BraTS2021_99999",
        *,
        sequences: tuple[Modality, ...] = tuple(Modality),
        labels: bool = True,
        within: Path | None = None,
    ) -> Path:
        folder = (within or tmp_path) / name
        folder.mkdir(parents=True)
        affine = np.diag([-SPACING_MM, -SPACING_MM, SPACING_MM, 1.0])
        axes = np.meshgrid(*(np.arange(n) - n / 2 for n in SHAPE), indexing="ij")
        radius = np.sqrt(sum(axis**2 for axis in axes))
        noise = np.random.default_rng(0)
        for modality in sequences:
            brain = (radius < 16) * (100 + 20 * modality + noise.normal(0, 5, SHAPE))
            brain += (radius < 6) * (60 - 15 * modality)
            image = nib.Nifti1Image(brain.astype(np.float32), affine)
            nib.save(image, folder / f"{name}_{ENDINGS[modality]}.nii.gz")
        if labels:
            map_ = np.zeros(SHAPE, np.uint8)
            for integer, size in ((2, 8), (1, 5), (4, 3)):
                map_[radius < size] = integer
            nib.save(nib.Nifti1Image(map_, affine), folder / f"{name}_seg.nii.gz")
        return folder

    return make_case


@pytest.fixture(scope="session")
def model(tmp_path_factory) -> Path:
    """A small network of random weights: its answers are noise, its files are real."""
    import torch

    from ccsd_core.model.build import build_network
    from ccsd_core.model.config import ModelConfig
    from ccsd_core.storage.models.checkpoint import save_model
    from ccsd_core.storage.models.manifest import Manifest

    torch.manual_seed(0)
    config = ModelConfig(base_channels=2, levels=2, spacing_mm=6.0)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    manifest = Manifest(
        name="tiny",
        sha256="",
        model=config.model_dump(),
        training_cases=("BraTS2021_00001",),
        software="a test",
    )
    save_model(folder, build_network(config).state_dict(), manifest)
    return folder
