"""Draws the window on a raw study: as scanned, prepared, on the original slices, and Details.

The study is synthetic, drawn anew each time: three of four sequences as DICOM, with skull. The
README's picture is the three axial ones side by side.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QToolButton, QWidget

from ccsd_app.qt.preparation.preparation_dialog import PreparationDialog
from ccsd_app.qt.startup.application import Parts
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.before_after import Comparison
from ccsd_app.session.preparation import Stage
from ccsd_app.session.state import State
from ccsd_core.data.synthetic.raw.raw_writer import Form, write_raw_studies
from ccsd_core.domain.modality import Modality
from ccsd_core.progress import drain

SEED = 1
SEQUENCES = (Modality.FLAIR, Modality.T1C, Modality.T2)


class Camera(Protocol):
    """What is needed of the gallery."""

    def grab(self, name: str, widget: QWidget) -> None: ...
    def picture(self, name: str, change: Callable[[State], State]) -> None: ...
    def wait_until(self, condition: Callable[[], bool]) -> None: ...


def draw_raw(camera: Camera, parts: Parts, folder: Path) -> None:
    """Draw the pictures.

    Args:
        camera: Takes them.
        parts: The window.
        folder: Where the study is written.
    """
    steps = write_raw_studies(folder, count=1, seed=SEED, form=Form.DICOM, sequences=SEQUENCES)
    (study,) = drain(steps)
    session = parts.session
    before = session.state.case
    parts.window.resize(1440, 900)
    parts.window.opener.open(study)
    camera.wait_until(lambda: session.state.case is not before)
    camera.wait_until(lambda: session.state.activity is not None)
    axial = parts.window.views.slices[Plane.AXIAL]
    camera.grab("raw_scanned", parts.window)
    camera.grab("raw_scanned_axial", axial)
    camera.wait_until(lambda: session.state.stage is Stage.DONE and session.state.complete)
    camera.picture("raw_prepared", lambda state: state)
    camera.grab("raw_prepared_axial", axial)
    session.become(session.state.shown_on(scanned=True))
    camera.picture("raw_original", lambda state: state)
    camera.grab("raw_original_axial", axial)
    session.become(session.state.shown_on(scanned=False))
    parts.window.dialogs.show_preparation()
    for dialog in parts.window.findChildren(PreparationDialog):
        for comparison in Comparison:
            button = dialog.findChild(QToolButton, f"preparation_view_{comparison.name}")
            assert button is not None
            button.click()
            camera.grab(f"preparation_{comparison.name.lower()}", dialog)
        dialog.reject()
