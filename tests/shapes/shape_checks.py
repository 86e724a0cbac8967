"""Shapes in signatures, checked once for every combination of arguments of one kind.

A test run decorates each function and dataclass of the tensor packages with `checked`
(tests/shapes/import_hook.py). Checking every call with jaxtyping took as long as the networks
themselves, and preparing the check of a function takes 3 ms: at each import for all of them, and
for a function inside another at each call of the outer one. What a check answers depends on types,
shapes, dtypes and the values of strings alone, so it is prepared for the first call, and a call of
the same kind as one that has passed is not checked again.
"""

import functools
import typing
from collections.abc import Callable, Hashable
from types import CodeType, FunctionType

import jaxtyping
import numpy as np
import torch
from beartype import beartype

PLAIN_TENSORS = (torch.Tensor, torch.nn.Parameter)
LONG = 64
"""Of longer lists, the first element stands for all: beartype looks at one of them, too."""
LEVELS = 12
"""Levels of nested values: no annotation has as many, and damaged files have thousands."""

Kinds = dict[Hashable, set[Hashable]]
NESTED: dict[tuple[str, CodeType], Kinds] = {}
"""The kinds that passed, of functions inside others: each call of the outer one makes them anew."""


def checked(function: typing.Any) -> typing.Any:
    """The function, its annotations checked unless a call of this kind has passed.

    Args:
        function: Any function. A class is returned as it is; of a dataclass, `__init__` is checked.
    """
    if isinstance(function, type):
        if "__dataclass_fields__" in vars(function) and "__init__" in vars(function):
            function.__init__ = _checked(function.__init__, {})
        return function
    if "<locals>" in function.__qualname__:
        return _checked(function, NESTED.setdefault((function.__module__, function.__code__), {}))
    return _checked(function, {})


def _checked(function: Callable, passed: Kinds) -> Callable:
    texts = any(map(_names_texts, function.__annotations__.values()))
    kind = kind_of if texts else functools.partial(kind_of, texts=False)
    returns = "return" in function.__annotations__
    in_full: list[Callable] = []

    @functools.wraps(function)
    def call(*args, **kwargs):
        if jaxtyping.config.jaxtyping_disable:
            return function(*args, **kwargs)
        given = (*map(kind, args), *((name, kind(value)) for name, value in kwargs.items()))
        results = passed.get(given)
        if results is None:
            if not in_full:
                in_full.append(jaxtyping.jaxtyped(function, typechecker=beartype))
            result = in_full[0](*args, **kwargs)
            passed[given] = {kind(result)}
            return result
        result = function(*args, **kwargs)
        if returns and (of_result := kind(result)) not in results:
            jaxtyping.jaxtyped(_returning(result, function), typechecker=beartype)(*args, **kwargs)
            results.add(of_result)
        return result

    return call


def _returning(result: object, function: Callable) -> Callable:
    """A function with the signature of another that returns a given result."""

    def replay(*_args, **_kwargs):
        return result

    code, names = replay.__code__, function.__globals__
    copy = FunctionType(code, names, function.__name__, None, replay.__closure__)
    return functools.update_wrapper(copy, function)


def _names_texts(annotation: object) -> bool:
    """Whether an annotation is of certain strings, or has such a one within."""
    parts = typing.get_args(annotation)
    return typing.get_origin(annotation) is typing.Literal or any(map(_names_texts, parts))


def kind_of(value: object, *, texts: bool = True, levels: int = LEVELS) -> Hashable:
    """All that an annotation can tell two values apart by.

    Args:
        value: Any value.
        texts: Whether the annotation tells strings apart.
        levels: How many levels of nested lists and dictionaries are looked at.
    """
    of = type(value)
    if not levels:
        return of
    levels -= 1
    if of in PLAIN_TENSORS or isinstance(value, torch.Tensor | np.ndarray):
        array = typing.cast(torch.Tensor, value)
        return of, array.shape, array.dtype
    if texts and isinstance(value, str):
        return value
    if isinstance(value, type):
        return value
    if isinstance(value, tuple | list):
        part = value if len(value) <= LONG else value[:1]
        return (
            of,
            len(part) == len(value),
            *(kind_of(each, texts=texts, levels=levels) for each in part),
        )
    if isinstance(value, dict):
        part = value.items() if len(value) <= LONG else [next(iter(value.items()))]
        kinds = ((kind_of(k, texts=texts), kind_of(v, texts=texts, levels=levels)) for k, v in part)
        return of, len(part) == len(value), *kinds
    return of
