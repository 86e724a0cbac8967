"""Which cases of a folder a quiz asks about, the same for the same number of the quiz."""

from random import Random


def chosen_cases(found: int, wanted: int, *, seed: int) -> tuple[int, ...]:
    """Numbers of cases, from 1, in rising order.

    >>> chosen_cases(3, 3, seed=7)
    (1, 2, 3)

    Args:
        found: Number of cases in the folder.
        wanted: Number of cases to ask about.
        seed: Number of the quiz.
    """
    numbers = range(1, found + 1)
    return tuple(sorted(Random(f"cases {seed}").sample(numbers, min(wanted, found))))
