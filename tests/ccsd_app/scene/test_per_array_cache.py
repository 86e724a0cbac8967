"""What was measured of an array, kept as long as the array."""

import gc

import numpy as np

from ccsd_app.scene.per_array_cache import PerArrayCache


def test_an_array_is_measured_once_for_each_thing():
    kept, asked = PerArrayCache[int](), []
    array = np.ones(3)

    def measure(thing: int) -> int:
        asked.append(thing)
        return thing

    assert [kept.get(array, lambda t=t: measure(t), what=t) for t in (1, 2, 1, 2)] == [1, 2, 1, 2]
    assert asked == [1, 2]


def test_equal_arrays_are_not_the_same_array():
    kept = PerArrayCache[str]()
    one, other = np.ones(3), np.ones(3)
    assert kept.get(one, lambda: "one") == "one"
    assert kept.get(other, lambda: "other") == "other"


def test_nothing_is_kept_of_an_array_that_is_gone():
    kept = PerArrayCache[str]()
    array = np.ones(3)
    kept.get(array, lambda: "measured")
    del array
    gc.collect()
    assert not kept._values
