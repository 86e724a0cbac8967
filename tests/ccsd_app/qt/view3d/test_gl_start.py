"""Slow imports are done before somebody waits for them."""

import subprocess
import sys

from ccsd_app.qt.view3d.gl_start import PRELOADED


def test_a_comparison_and_a_colour_map_import_nothing_more_afterwards():
    code = f"""
import importlib, sys
for name in {PRELOADED!r}:
    importlib.import_module(name)
before = set(sys.modules)
import numpy as np
from ccsd_core.evaluation.metrics.nested_dice import dice_by_region
from ccsd_core.domain.nested_labels import NestedLabels
ours = NestedLabels.around(np.ones((2, 2, 2), np.uint8))
dice_by_region(ours, ours)
from ccsd_app.scene.overlays.colour_map import CONSENSUS, colour_map
colour_map(CONSENSUS, 15)
heavy = [n for n in set(sys.modules) - before if n.split('.')[0] not in ('ccsd_app', 'ccsd_core')]
print(len(heavy), heavy[:20])
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) < 40, done.stdout
