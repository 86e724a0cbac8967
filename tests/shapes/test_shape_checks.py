"""A check of shapes that is not repeated misses nothing that it would have found."""

import pytest
import torch
from jaxtyping import Float, TypeCheckError, jaxtyped
from torch import Tensor

from tests.shapes.shape_checks import checked_once_per_kind, kind_of


@jaxtyped(typechecker=checked_once_per_kind)
def halved(x: Float[Tensor, "b c"], *, by: list[Tensor] | None = None) -> Float[Tensor, "b c"]:
    """Wrong for maps of three channels."""
    return x[:, :2] if by is None else x.sum(0)


def test_after_a_call_that_passed_a_wrong_one_is_still_caught():
    halved(torch.zeros(1, 2))
    halved(torch.zeros(1, 2))

    for wrong in (torch.zeros(2), torch.zeros(1, 2, dtype=torch.int32), "x", torch.zeros(1, 3)):
        for _ in range(2):
            with pytest.raises(TypeCheckError):
                halved(wrong)


def test_what_is_returned_counts_too():
    halved(torch.zeros(4, 2))

    with pytest.raises(TypeCheckError, match="return"):
        halved(torch.zeros(4, 2), by=[])


def test_values_of_one_kind_are_those_that_no_annotation_tells_apart():
    of_two, of_three = torch.zeros(2), torch.zeros(3)

    assert kind_of((1, [of_two])) == kind_of((2, [of_two + 1]))
    for one, other in [
        (1, True), ("a", "b"), (of_two, of_three), (of_two, of_two.double()), (of_two, [of_two]),
        ([of_two], [of_three]), ({"a": of_two}, {"a": of_three}), ({"a": 1}, {"b": 1}),
    ]:  # fmt: skip
        assert kind_of(one) != kind_of(other)
