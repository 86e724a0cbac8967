"""Putting a configuration together: a file over the one that it extends, changes over both.

    light.toml ──▶ mine.toml ──▶ -s …
    each says only what it changes

One setting is not simply kept: a published split that has a validation part of its own, named
over a configuration which lets a fraction of the cases validate, turns the fraction off. Else it
would take patients of the split's training part, and the split would be another than the published
one. Whoever wants the fraction as well names it together with the split.
"""

from collections.abc import Mapping

from ccsd_core.data.splits import read_split
from ccsd_core.errors import UnknownSplitError

Values = dict[str, object]


def laid_over(base: Mapping[str, object], over: Mapping[str, object]) -> Values:
    """`over` on top of `base`, tables merged key by key.

    >>> below = {"data": {"batch": 2}, "validation": {"fraction": 0.1}}
    >>> laid_over(below, {"data": {"split": "brats2021"}})["validation"]
    {'fraction': 0}
    >>> laid_over(below, {"data": {"split": "sites:18"}})["validation"]
    {'fraction': 0.1}
    """
    values = merged(base, over)
    below, now = _table(base, "validation"), _table(over, "validation")
    if "fraction" not in now and below.get("fraction") and _validates(_table(over, "data")):
        values["validation"] = {**_table(values, "validation"), "fraction": 0}
    return values


def merged(base: Mapping[str, object], over: Mapping[str, object]) -> Values:
    """Tables merged key by key, and nothing else."""
    values = dict(base)
    for key, value in over.items():
        below = values.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        values[key] = merged(below, value) if both else value  # pyright: ignore[reportArgumentType]
    return values


def _validates(data: Mapping[str, object]) -> bool:
    """Whether a split is named that says who validates; a misspelt one is refused later."""
    try:
        return bool(read_split(str(data.get("split") or "")).val)
    except UnknownSplitError:
        return False


def _table(values: Mapping[str, object], name: str) -> Values:
    table = values.get(name)
    return table if isinstance(table, dict) else {}
