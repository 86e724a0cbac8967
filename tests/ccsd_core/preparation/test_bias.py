"""Strong shading is evened out before the model sees it, weak shading is left alone."""

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation import masking
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.prepare import prepare
from ccsd_core.preparation.steps import brain as module
from ccsd_core.progress import drain
from tests.ccsd_core.preparation.conftest import Head, scans_of

pytest.importorskip("SimpleITK", reason="needs the extra [scanner]")
OTHERS = frozenset({Step.GRID, Step.REGISTRATION})


@pytest.fixture(autouse=True)
def _known_brain(head: Head, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "brain_mask", lambda volume: head.brain)
    monkeypatch.setattr(masking, "is_plausible", lambda ml: ml > 500)


def _shaded(head: Head, strength: float) -> Volume:
    """A T1 that is brighter on one side, by e to the `strength`."""
    image = head.image(Modality.T1, stripped=False)
    side = np.linspace(-0.5, 0.5, image.shape[0])[:, None, None]
    return image.with_array((image.array * np.exp(strength * side)).astype(np.float32))


def test_strong_shading_is_evened_out_with_a_warning_unless_the_step_is_skipped(head: Head):
    scans = scans_of({Modality.T1: _shaded(head, 1.6)})
    plain = head.image(Modality.T1, stripped=False).array[head.brain]
    kept = drain(prepare(scans, Adjustments(skipped=OTHERS | {Step.BIAS})))
    evened = drain(prepare(scans, Adjustments(skipped=OTHERS)))
    before, after = (
        np.corrcoef(p.volumes[Modality.T1].array[head.brain], plain)[0, 1] for p in (kept, evened)
    )
    assert before < 0.7
    assert after > 0.8
    assert not kept.record.warnings
    assert "T1 was shaded: its brightness differed by a factor of" in evened.record.warnings[0]
    assert [s.of for s in evened.record.steps if s.step is Step.BIAS and s.done] == [Modality.T1]


def test_weak_shading_is_left_alone_unless_asked_for(head: Head):
    scans = scans_of({Modality.T1: _shaded(head, 0.1)})
    for asked in (False, True):
        prepared = drain(prepare(scans, Adjustments(skipped=OTHERS, bias=asked)))
        (bias,) = (s for s in prepared.record.steps if s.step is Step.BIAS)
        assert bias.done is asked
        assert not prepared.record.warnings
