"""The user's adjustments of the open case's preparation, step by step, for undo."""

from collections.abc import Callable

from ccsd_app.session.preparation import Preparation
from ccsd_core.domain.case import Case
from ccsd_core.preparation.adjustments import Adjustments


class PreparationHistory:
    """Remembers earlier adjustments of one case.

    Args:
        prepare: Prepares the open case anew.
    """

    def __init__(self, prepare: Callable[[Adjustments], None]) -> None:
        self._prepare = prepare
        self._of: Case | None = None
        self._earlier: list[Adjustments] = []

    def change(self, preparation: Preparation, adjustments: Adjustments) -> None:
        """Prepare the case differently; what it was before can be had again."""
        if not self._is_of(preparation):
            self._of, self._earlier = preparation.original, []
        self._earlier.append(preparation.adjustments)
        self._prepare(adjustments)

    def undo(self, preparation: Preparation) -> Callable[[], None] | None:
        """What prepares the case as it was before; None where it was not changed."""
        if not self._is_of(preparation) or not self._earlier:
            return None
        return lambda: self._prepare(self._earlier.pop())

    def _is_of(self, preparation: Preparation) -> bool:
        return self._of is preparation.original
