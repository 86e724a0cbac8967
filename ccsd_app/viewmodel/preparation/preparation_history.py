"""The user's adjustments of the preparation of the open case, for undo."""

from collections.abc import Callable

from ccsd_app.session.preparation import Preparation
from ccsd_core.domain.case import Case
from ccsd_core.preparation.adjustments import Adjustments


class PreparationHistory:
    """Remembers earlier adjustments of one case.

    Args:
        prepare: Prepares the open case again.
    """

    def __init__(self, prepare: Callable[[Adjustments], None]) -> None:
        self._prepare = prepare
        self._original: Case | None = None
        self._earlier: list[Adjustments] = []

    def change(self, preparation: Preparation, adjustments: Adjustments) -> None:
        """Prepare the case with other adjustments; this can be undone."""
        if not self._concerns(preparation):
            self._original, self._earlier = preparation.original, []
        self._earlier.append(preparation.adjustments)
        self._prepare(adjustments)

    def undo(self, preparation: Preparation) -> Callable[[], None] | None:
        """A function that restores the previous adjustments; None if there are none."""
        if not self._concerns(preparation) or not self._earlier:
            return None
        return lambda: self._prepare(self._earlier.pop())

    def _concerns(self, preparation: Preparation) -> bool:
        return self._original is preparation.original
