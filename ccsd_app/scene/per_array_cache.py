"""A cache of what was computed from an array, kept as long as the array."""

import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")


class PerArrayCache(Generic[Value]):
    """Computes a value once for each array, by identity; the value is dropped with the array.

    Arrays compare by value and have no hash, so they cannot be keys themselves.
    """

    def __init__(self) -> None:
        self._values: dict[tuple[int, object], tuple[weakref.ref[NDArray[Any]], Value]] = {}

    def get(
        self, array: NDArray[np.generic], compute: Callable[[], Value], *, what: object = None
    ) -> Value:
        """The value for this array, computed now if it is not known yet.

        Args:
            array: The array.
            compute: Called if the value is not known yet.
            what: Name of the value, if several are cached per array.
        """
        key = (id(array), what)
        kept = self._values.get(key)
        if kept is not None and kept[0]() is array:
            return kept[1]

        def drop(_: object) -> None:
            self._values.pop(key, None)

        value = compute()
        self._values[key] = weakref.ref(array, drop), value
        return value
