"""Arrays on their way from the inference process to the window."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.session.on_demand import ProbabilityMap
from ccsd_app.worker import shared_array
from ccsd_app.worker.shared_array import SharedArray, fetch_arrays, share_arrays
from ccsd_core.domain.modality import ModalitySubset


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 2, 3, 4), (3, 0, 0, 0)], ids=str)
@pytest.mark.parametrize("spare_bytes", [0, 1 << 60], ids=["memory", "file"])
def test_the_arrays_of_a_value_arrive_as_they_were_sent(monkeypatch, shape, spare_bytes):
    monkeypatch.setattr(shared_array, "SPARE_BYTES", spare_bytes)
    values = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    value = ProbabilityMap(ModalitySubset.full(), values, (1, 2, 3))

    sent = share_arrays(value)
    found = fetch_arrays(sent)

    assert isinstance(sent.values, SharedArray)
    np.testing.assert_array_equal(found.values, values)
    assert replace(found, values=values).offset_voxel == value.offset_voxel


@pytest.mark.parametrize("value", [{"WT": 2.5}, 3.0, None, ModalitySubset.full()], ids=str)
def test_a_value_without_arrays_is_sent_as_it_is(value):
    assert fetch_arrays(share_arrays(value)) is value
