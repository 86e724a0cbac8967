"""Collecting all cases that cannot be used, to report them together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import BadInputError, CaseError

MOST_NAMED = 10

Argument = TypeVar("Argument")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a case cannot be used, in a form that can be sent between processes.

    Args:
        kind: Type of the error.
        message: Its message.
    """

    kind: type[BadInputError]
    message: str

    def error(self) -> BadInputError:
        """The error, created without its constructor, which may need other arguments."""
        return self.kind.__new__(self.kind, self.message)


@dataclass(frozen=True, slots=True)
class RefusedCase:
    """A case that cannot be used.

    Args:
        id: Name of the case.
        why: The reason.
    """

    id: str
    why: Refusal


@dataclass(frozen=True, slots=True)
class ReturnRefusals(Generic[Argument, Answer]):
    """A function that returns errors of unusable input instead of raising them.

    Args:
        function: Function to call.
    """

    function: Callable[[Argument], Answer]

    def __call__(self, argument: Argument) -> Answer | Refusal:
        try:
            return self.function(argument)
        except BadInputError as error:
            return Refusal(type(error), str(error))


def check_refused(refused: Sequence[RefusedCase], *, of: int) -> None:
    """Check that no case was refused.

    Args:
        refused: The refused cases.
        of: Number of all cases.

    Raises:
        BadInputError: If there are any; the message names them.
    """
    if not refused:
        return
    if len(refused) == 1:
        raise refused[0].why.error()
    reasons = first_few(
        (f"{one.id}: {one.why.message}" for one in refused), most=MOST_NAMED, between="; "
    )
    raise CaseError(
        f"{len(refused)} of {of} cases cannot be used ({reasons}): repair them, or list them "
        "in data.hold_out"
    )
