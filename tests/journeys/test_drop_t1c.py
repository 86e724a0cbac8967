"""The story the viewer is for: what would the model have seen without T1c?"""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox

from ccsd_app.scene.planes import Plane
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

NO_T1C = ModalitySubset.full().toggled(Modality.T1C)


@pytest.mark.journey
def test_without_t1c_the_overlay_the_surfaces_and_the_numbers_change_and_come_back(
    open_desk, case_folder, model_folder
):
    desk = open_desk(case_folder, str(model_folder))
    desk.wait_for(ModalitySubset.full())
    slices, surfaces, numbers = desk.slices(), desk.surfaces(), desk.numbers()
    assert desk.text("provenance").startswith("input: FLAIR, T1, T1c, T2")

    QTest.keyClick(desk.window, Qt.Key.Key_3)
    desk.wait_for(NO_T1C)

    assert not desk.window.findChild(QCheckBox, "modality_T1C").isChecked()
    assert "T1c withheld" in desk.text("provenance")
    changed = [(desk.slices()[p] != slices[p]).any(axis=-1).sum() for p in Plane]
    assert max(changed) > 200  # more than the words in the corner
    assert desk.surfaces() != surfaces
    assert desk.numbers() != numbers
    picture = desk.window_pixels()
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100

    QTest.keyClick(desk.window, Qt.Key.Key_0)
    desk.wait_for(ModalitySubset.full())
    assert desk.numbers() == numbers
    assert desk.surfaces() == surfaces


@pytest.mark.journey
@pytest.mark.slow
def test_on_the_bundled_patient_the_enhancing_tumour_suffers_without_t1c(open_desk):
    from ccsd_core.errors import CcsdError
    from ccsd_core.storage.demo import demo_case
    from ccsd_core.storage.models.bundled import default_model

    try:
        case, _ = demo_case(), default_model()
    except CcsdError as error:
        pytest.skip(f"nothing is bundled: {error}")
    desk = open_desk(case, None)
    desk.wait_for(ModalitySubset.full())
    QTest.keyClick(desk.window, Qt.Key.Key_3)
    desk.wait_for(NO_T1C)

    results = desk.session.state.results
    full, without = results[ModalitySubset.full()], results[NO_T1C]
    assert full.volumes_ml[Region.ET] > 0
    assert full.dice[Region.ET] > without.dice[Region.ET] + 0.05
