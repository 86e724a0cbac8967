"""What stories need: a patient and a model on disk, and the real window to look at."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from ccsd_app.scene.planes import Plane
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

SHAPE = (72, 80, 64)
SPACING_MM = 2.0
NAME = "BraTS2021_90001"
TIMEOUT_MS = 240_000


@pytest.fixture(scope="session")
def case_folder(tmp_path_factory) -> Path:
    """A head with a ring-enhancing tumour: four sequences and labels, BraTS 2021 names."""
    import nibabel

    folder = tmp_path_factory.mktemp("data") / NAME
    folder.mkdir()
    rng = np.random.default_rng(7)
    axes = np.ogrid[tuple(slice(-1, 1, n * 1j) for n in SHAPE)]
    head = sum((a / 0.85) ** 2 for a in axes) <= 1
    distance = np.sqrt((axes[0] - 0.3) ** 2 + (axes[1] - 0.2) ** 2 + axes[2] ** 2)
    oedema, rim, core = distance < 0.35, distance < 0.22, distance < 0.12
    labels = np.select([core, rim, oedema], [1, 4, 2], 0).astype(np.uint8)
    tissues = {"flair": (300, 620, 560, 400), "t1": (500, 380, 400, 250)}
    tissues |= {"t1ce": (500, 390, 900, 240), "t2": (350, 680, 600, 750)}
    affine = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1.0])
    for name, (normal, swollen, enhancing, dead) in tissues.items():
        image = np.select([core, rim, oedema], [dead, enhancing, swollen], normal)
        image = (image + rng.normal(0, 15, SHAPE)) * head
        nibabel.save(
            nibabel.Nifti1Image(image.astype(np.float32), affine),
            folder / f"{NAME}_{name}.nii.gz",
        )
    nibabel.save(nibabel.Nifti1Image(labels, affine), folder / f"{NAME}_seg.nii.gz")
    return folder


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory, case_folder) -> Path:
    """A small untrained network, shifted so that it finds regions of a plausible size."""
    import torch

    from ccsd_core.inference.load import load_model
    from ccsd_core.model.build import build_network
    from ccsd_core.model.config import ModelConfig
    from ccsd_core.progress import drain
    from ccsd_core.storage.cases.case_folder import load_case
    from ccsd_core.storage.models.checkpoint import save_model
    from ccsd_core.storage.models.manifest import Manifest

    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("model") / "untrained"
    config = ModelConfig(base_channels=4, levels=3, spacing_mm=4.0)
    network = build_network(config)
    tensors = network.state_dict()
    manifest = Manifest(name="untrained", sha256="", model=config.model_dump())
    save_model(folder, tensors, manifest)
    predictor = load_model(folder, device="cpu")
    case = load_case(case_folder)
    encoded = drain(predictor.encode(case))
    logits = drain(predictor._logits(encoded, case.available)).flatten(1)
    shares = torch.tensor([0.95, 0.97, 0.985])
    cuts = torch.stack([z.quantile(share) for z, share in zip(logits, shares, strict=True)])
    bias = next(name for name, tensor in tensors.items() if tensor.shape == (3,))
    save_model(folder, {**tensors, bias: tensors[bias] - cuts}, manifest)
    return folder


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[..., :3].copy()


class Desk:
    """The real window and what the test looks at on it."""

    def __init__(self, parts, qtbot) -> None:
        self.session, self.window, self._qtbot = parts.session, parts.window, qtbot

    def wait_for(self, subset: ModalitySubset) -> None:
        self._qtbot.waitUntil(
            lambda: self.session.state.shown == subset or bool(self.session.state.problem),
            timeout=TIMEOUT_MS,
        )
        assert self.session.state.problem == ""
        view3d = self.window.views.view3d
        self._qtbot.waitUntil(lambda: view3d.up_to_date, timeout=TIMEOUT_MS)

    def slices(self) -> dict[Plane, np.ndarray]:
        return {plane: pixels(view.image()) for plane, view in self.window.views.slices.items()}

    def surfaces(self) -> list[int] | bytes:
        """Triangles by region; without OpenGL, the picture that stands in for them."""
        view3d = self.window.views.view3d
        if view3d.actor_names:
            return [view3d.surface_cells(region) for region in Region]
        return pixels(view3d.image()).tobytes()

    def numbers(self) -> list[str]:
        names = [f"{r.name}_{n}" for r in Region for n in ("volume", "change", "score")]
        return [self.text(name) for name in names]

    def window_pixels(self) -> np.ndarray:
        return pixels(self.window.grab().toImage())

    def text(self, name: str) -> str:
        return self.window.findChild(QLabel, name).text()


@pytest.fixture
def open_desk(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    from ccsd_app.qt.startup.application import assemble

    opened = []

    def open_it(case, model) -> Desk:
        parts = assemble()
        opened.append(parts)
        parts.window.resize(1280, 800)
        parts.window.show()
        parts.window.begin(case, model=model, device="cpu")
        return Desk(parts, qtbot)

    yield open_it
    for parts in opened:
        parts.window.close()
        parts.window.deleteLater()
