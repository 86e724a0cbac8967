"""What is imported late is imported before somebody waits for it."""

import subprocess
import sys

from ccsd_app.qt.warm_up import MODULES, WarmUp
from ccsd_app.session.session import Session
from ccsd_core.domain.modality import ModalitySubset


def test_nothing_is_imported_before_the_first_result_and_then_once(phantom_state, fake_results):
    session = Session(phantom_state)
    warm_up = WarmUp(session)
    session.become(phantom_state.with_cursor((1, 1, 1)))
    assert warm_up.thread is None

    session.become(session.state.with_result(fake_results(ModalitySubset.full())))
    first = warm_up.thread
    assert first is not None
    session.become(session.state.with_cursor((2, 2, 2)))
    first.join(30)
    assert warm_up.thread is first


def test_a_comparison_and_a_colour_map_import_nothing_more_afterwards():
    code = f"""
import importlib, sys
for name in {MODULES!r}:
    importlib.import_module(name)
before = set(sys.modules)
import numpy as np
from ccsd_app.worker.measure import dice_by_region
from ccsd_core.domain.depth import Depth
ours = Depth.around(np.ones((2, 2, 2), np.uint8))
dice_by_region(ours, ours)
from ccsd_app.scene.colour_map import CONSENSUS, colour_map
colour_map(CONSENSUS, 15)
heavy = [n for n in set(sys.modules) - before if n.split('.')[0] not in ('ccsd_app', 'ccsd_core')]
print(len(heavy), heavy[:20])
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) < 40, done.stdout
