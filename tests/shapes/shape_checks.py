"""Shapes in signatures, checked once for every combination of arguments of one kind.

pytest wraps each function of the tensor packages (`--jaxtyping-packages` in pyproject.toml) and
checks its arguments and its result at every call, which took as long as the networks themselves.
What a check of shapes answers depends on types, shapes, dtypes and the values of strings alone,
so a call of the same kind as one that has passed is not checked again.
"""

import functools
import typing
from collections.abc import Callable, Hashable

import numpy as np
import torch
from beartype import beartype
from jaxtyping import AbstractArray

PLAIN_TENSORS = (torch.Tensor, torch.nn.Parameter)


def checked_once_per_kind(function: Callable) -> Callable:
    """The function, its annotations checked by beartype unless a call of this kind has passed."""
    checked = beartype(function)
    if not any(map(speaks_of_shapes, function.__annotations__.values())):
        return checked  # beartype alone is quicker than any look-up
    passed: set[Hashable] = set()

    @functools.wraps(function)
    def call(*args, **kwargs):
        kind = *map(kind_of, args), kind_of(kwargs) if kwargs else None
        if kind in passed:
            return function(*args, **kwargs)
        result = checked(*args, **kwargs)
        passed.add(kind)
        return result

    return call


def speaks_of_shapes(annotation: object) -> bool:
    """Whether an annotation is of an array's shape, or has such a one within."""
    if isinstance(annotation, type) and issubclass(annotation, AbstractArray):
        return True
    return any(map(speaks_of_shapes, typing.get_args(annotation)))


def kind_of(value: object) -> Hashable:
    """All that an annotation can tell two values apart by."""
    of = type(value)
    if of in PLAIN_TENSORS or isinstance(value, torch.Tensor | np.ndarray):
        return of, value.shape, value.dtype
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        return of, *map(kind_of, value)
    if isinstance(value, dict):
        return of, *((kind_of(key), kind_of(each)) for key, each in value.items())
    return of
