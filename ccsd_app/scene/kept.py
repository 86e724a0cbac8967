"""What was measured of an array, kept as long as the array."""

import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Found = TypeVar("Found")


class KeptByArray(Generic[Found]):
    """Measures each array once; arrays are told apart by identity, and forgotten with them.

    Arrays compare by value and have no hash, so they cannot be keys themselves.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[int, object], tuple[weakref.ref[NDArray[Any]], Found]] = {}

    def get(
        self, array: NDArray[np.generic], measure: Callable[[], Found], *, of: object = None
    ) -> Found:
        """What `measure` gave for this array, or gives now.

        Args:
            array: The array.
            measure: Called if it was not measured yet.
            of: What is measured, where that is more than one thing.
        """
        key = (id(array), of)
        kept = self._found.get(key)
        if kept is not None and kept[0]() is array:
            return kept[1]

        def forget(_: object) -> None:
            self._found.pop(key, None)

        found = measure()
        self._found[key] = weakref.ref(array, forget), found
        return found
