"""Several names in a sentence: all of them, or the first few and how many more there are."""

from collections.abc import Iterable


def in_words(names: Iterable[str], *, last: str = "and") -> str:
    """All names, with a word before the last one.

    >>> in_words(["WT", "TC", "ET"]), in_words(["T1", "T2"], last="or"), in_words(["T1"])
    ('WT, TC and ET', 'T1 or T2', 'T1')
    """
    *first, end = names
    return f"{', '.join(first)} {last} {end}" if first else end


def first_few(names: Iterable[str], *, most: int = 3, between: str = ", ") -> str:
    """The first names, and how many more there are.

    >>> first_few(["a", "b", "c", "d"])
    'a, b, c and 1 more'
    >>> first_few(["a: damaged", "b: empty"], most=1, between="; ")
    'a: damaged; and 1 more'
    """
    names = list(names)
    shown = between.join(names[:most])
    if len(names) <= most:
        return shown
    return f"{shown}{between.strip(', ')} and {len(names) - most} more"
