"""A check between layers: it may end any work, and nothing is the worse for it."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.cancellation import cancellation_checks
from ccsd_core.inference.predictor import Predictor
from ccsd_core.progress import drain

FULL, PAIR = ModalitySubset.full(), ModalitySubset.parse("FLAIR+T2")


class StopHereError(Exception):
    """What the check raises."""


class CountingCheck:
    """Counts, and raises at one call."""

    def __init__(self, at: int | None = None) -> None:
        self.calls, self.at = 0, at

    def __call__(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            raise StopHereError


@pytest.fixture(params=[None, (16, 32, 16)], ids=["whole", "tiles"])
def predictor(request, network, manifest) -> Predictor:
    return Predictor(
        network, manifest, spacing_mm=8.0, tile=request.param, device="cpu", dtype=torch.float32
    )


def stops(predictor: Predictor, work: Callable[[], object]) -> list[int]:
    """Calls at which `work` was ended: some early, some late, and the very last."""
    predictor.raise_if_cancelled = counting = CountingCheck()
    work()
    last = counting.calls
    ends = sorted({1, 2, 3, 4, *range(5, last, max(1, last // 5)), last})
    for end in ends:
        predictor.raise_if_cancelled = CountingCheck(end)
        with pytest.raises(StopHereError):
            work()
        assert not torch.is_inference_mode_enabled()
        assert not torch.is_autocast_enabled("cpu")
    predictor.raise_if_cancelled = None
    return ends


def test_an_encoding_that_was_ended_leaves_the_predictor_usable(predictor, case):
    expected = predictor.predict(drain(predictor.encode(case)), PAIR).regions

    ends = stops(predictor, lambda: drain(predictor.encode(case)))

    assert len(ends) > 8
    assert np.array_equal(predictor.predict(drain(predictor.encode(case)), PAIR).regions, expected)


@pytest.mark.parametrize("subset", [FULL, PAIR], ids=str)
def test_a_decode_that_was_ended_leaves_the_encoding_untouched(predictor, case, subset):
    encoded = drain(predictor.encode(case))
    expected = {s: predictor.predict(encoded, s).regions for s in (FULL, PAIR)}

    def work() -> None:
        predictor._last = None
        predictor.predict(encoded, subset)

    ends = stops(predictor, work)

    assert len(ends) > 8
    for other, regions in expected.items():
        predictor._last = None
        assert np.array_equal(predictor.predict(encoded, other).regions, regions)


def test_a_decode_that_was_ended_is_not_taken_for_the_last(predictor, case):
    encoded = drain(predictor.encode(case))
    expected = predictor.predict(encoded, PAIR).regions
    predictor.predict(encoded, FULL)

    predictor.raise_if_cancelled = CountingCheck(4)
    with pytest.raises(StopHereError):
        predictor.predict(encoded, PAIR)
    predictor.raise_if_cancelled = None

    assert np.array_equal(predictor.predict(encoded, PAIR).regions, expected)


def test_it_is_checked_at_every_convolution(network, manifest, case):
    counting = CountingCheck()
    predictor = Predictor(
        network, manifest, spacing_mm=8.0, device="cpu", raise_if_cancelled=counting
    )
    convolutions = sum(isinstance(m, nn.Conv3d) for m in network.modules())
    encoded = drain(predictor.encode(case))

    assert counting.calls > convolutions
    before = counting.calls
    predictor.predict(encoded, FULL)
    decoder = sum(isinstance(m, nn.Conv3d) for m in network.decoder.modules())
    projections = len(Modality) * 3
    assert counting.calls - before >= decoder - projections


def test_without_a_check_the_network_has_no_hooks(network, monkeypatch):
    monkeypatch.setattr(
        nn.Module, "register_forward_pre_hook", lambda *_: pytest.fail("a hook was registered")
    )

    with cancellation_checks(network, None):
        pass


def test_afterwards_the_network_is_as_it_was(network):
    with cancellation_checks(network, lambda: None):
        pass
    with pytest.raises(StopHereError), cancellation_checks(network, CountingCheck(1)):
        network.shared(torch.zeros(1, 1, 8, 8, 8))

    assert not any(m._forward_pre_hooks for m in network.modules())


def test_a_check_changes_no_number(predictor, case):
    quiet = drain(predictor._logits(drain(predictor.encode(case)), PAIR))
    predictor.raise_if_cancelled, predictor._last = CountingCheck(), None

    watched = drain(predictor._logits(drain(predictor.encode(case)), PAIR))

    assert torch.equal(quiet, watched)
    assert predictor.raise_if_cancelled.calls > 0
