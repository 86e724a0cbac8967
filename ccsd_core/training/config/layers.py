"""Merging configurations: a file overrides the one that it extends, changes override both.

    light.toml ──▶ mine.toml ──▶ -s …
    each states only what it changes

There is one exception: a published split with its own validation part turns off the validation
fraction of the configuration that it overrides. Otherwise the fraction would be taken from the
split's training part, and the split would no longer be the published one. To keep the fraction,
state it together with the split.
"""

from collections.abc import Mapping

from ccsd_core.data.splits import read_split
from ccsd_core.errors import UnknownSplitError

Values = dict[str, object]


def overridden(base: Mapping[str, object], over: Mapping[str, object]) -> Values:
    """`base` with the values of `over`, tables merged key by key.

    >>> below = {"data": {"batch": 2}, "validation": {"fraction": 0.1}}
    >>> overridden(below, {"data": {"split": "brats2021"}})["validation"]
    {'fraction': 0}
    >>> overridden(below, {"data": {"split": "sites:18"}})["validation"]
    {'fraction': 0.1}
    """
    values = merged(base, over)
    below, now = _table(base, "validation"), _table(over, "validation")
    if "fraction" not in now and below.get("fraction") and _validates(_table(over, "data")):
        values["validation"] = {**_table(values, "validation"), "fraction": 0}
    return values


def merged(base: Mapping[str, object], over: Mapping[str, object]) -> Values:
    """Tables merged key by key, without exceptions."""
    values = dict(base)
    for key, value in over.items():
        below = values.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        values[key] = merged(below, value) if both else value  # pyright: ignore[reportArgumentType]
    return values


def _validates(data: Mapping[str, object]) -> bool:
    """Whether `data` names a split with a validation part; a misspelt name is reported later."""
    try:
        return bool(read_split(str(data.get("split") or "")).val)
    except UnknownSplitError:
        return False


def _table(values: Mapping[str, object], name: str) -> Values:
    table = values.get(name)
    return table if isinstance(table, dict) else {}
