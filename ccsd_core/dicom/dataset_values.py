"""Values of a pydicom dataset as plain Python; missing or invalid ones are empty or None."""

import math
from typing import Any


def text(dataset: Any, tag: str) -> str:
    """A value as text; several values have a backslash between them.

    Args:
        dataset: A pydicom dataset.
        tag: The element's keyword.
    """
    value = _value(dataset, tag)
    if value is None:
        return ""
    parts = value if _is_several(value) else [value]
    return "\\".join(str(part).strip(" \0") for part in parts)


def texts(dataset: Any, tag: str) -> tuple[str, ...]:
    """All values of an element, in capitals."""
    return tuple(part for part in text(dataset, tag).upper().split("\\") if part)


def number(dataset: Any, tag: str) -> float | None:
    """The first value of an element; None if it is not a finite number."""
    values = numbers(dataset, tag)
    return values[0] if values else None


def numbers(dataset: Any, tag: str) -> tuple[float, ...]:
    """All values of an element; empty if one of them is not a finite number."""
    value = _value(dataset, tag)
    if value is None:
        return ()
    try:
        found = tuple(float(v) for v in (value if _is_several(value) else [value]))
    except (TypeError, ValueError):
        return ()
    return found if all(map(math.isfinite, found)) else ()


def whole(dataset: Any, tag: str) -> int | None:
    """The first value of an element as a whole number."""
    value = number(dataset, tag)
    return None if value is None else int(value)


def item(dataset: Any, tag: str) -> Any:
    """The first item of a sequence; None if there is none."""
    found = items(dataset, tag)
    return found[0] if found else None


def items(dataset: Any, tag: str) -> list[Any]:
    """The items of a sequence."""
    value = _value(dataset, tag)
    return list(value) if value else []


def _value(dataset: Any, tag: str) -> Any:
    if dataset is None:
        return None
    try:
        return dataset.get(tag)
    except Exception:  # noqa: BLE001 — pydicom decodes here, and damaged values raise many types of error
        # A value that cannot be decoded is treated as missing.
        return None


def _is_several(value: Any) -> bool:
    return not isinstance(value, str | bytes) and hasattr(value, "__iter__") and not _is_name(value)


def _is_name(value: Any) -> bool:
    """Whether it is a person's name, which is iterable like a string."""
    return hasattr(value, "family_name")
