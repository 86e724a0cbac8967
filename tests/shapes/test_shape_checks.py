"""A check of shapes that is not repeated misses nothing that it would have found."""

from dataclasses import dataclass
from typing import Literal

import pytest
import torch
from jaxtyping import Float, TypeCheckError
from torch import Tensor

from ccsd_core.data.degradation import degradations
from ccsd_core.model import network
from tests.shapes import shape_checks
from tests.shapes.shape_checks import checked, kind_of


@checked
def halved(x: Float[Tensor, "b c"], *, by: list[Tensor] | None = None) -> Float[Tensor, "b c"]:
    """Wrong for maps of three channels."""
    return x[:, :2] if by is None else x.sum(0)


@checked
def wrong_from_ten_on(number: int) -> int:
    return number if number < 10 else "ten"  # type: ignore[return-value]


@checked
def end(side: Literal["left", "right"]) -> str:
    return side


@checked
@dataclass(frozen=True, slots=True)
class Map:
    values: Float[Tensor, "b c"]
    name: str = ""


def adder(amount: int):
    @checked
    def add(number: int) -> int:
        return number + amount

    return add


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


def test_a_result_of_another_kind_is_checked_for_arguments_of_a_kind_that_passed():
    assert wrong_from_ten_on(9) == 9

    for _ in range(2):
        with pytest.raises(TypeCheckError, match="return"):
            wrong_from_ten_on(10)


def test_strings_count_where_an_annotation_tells_them_apart():
    assert end("left") == "left"

    with pytest.raises(TypeCheckError):
        end("middle")


def test_a_dataclass_is_checked_when_it_is_made():
    assert Map(torch.zeros(1, 2), "a").name == "a"

    with pytest.raises(TypeCheckError, match="values"):
        Map(torch.zeros(3))


def test_a_function_inside_another_is_checked_once_for_all_that_are_made_of_it(monkeypatch):
    prepared = []
    whole = shape_checks.jaxtyping.jaxtyped
    monkeypatch.setattr(
        shape_checks.jaxtyping, "jaxtyped", lambda *a, **k: prepared.append(a) or whole(*a, **k)
    )

    assert [adder(amount)(1) for amount in range(3)] == [1, 2, 3]
    assert len(prepared) == 1
    with pytest.raises(TypeCheckError):
        adder(1)("1")


def test_the_tensor_packages_are_checked():
    for made in (network.CcsdNetwork.encode, degradations.Degradation.__init__):
        assert made.__code__.co_filename == shape_checks.__file__


def test_values_of_one_kind_are_those_that_no_annotation_tells_apart():
    of_two, of_three = torch.zeros(2), torch.zeros(3)

    assert kind_of((1, [of_two])) == kind_of((2, [of_two + 1]))
    assert kind_of("a", texts=False) == kind_of("b", texts=False)
    for one, other in [
        (1, True), ("a", "b"), (of_two, of_three), (of_two, of_two.double()), (of_two, [of_two]),
        ([of_two], [of_three]), ({"a": of_two}, {"a": of_three}), ({"a": 1}, {"b": 1}), (int, str),
        ([1] * 100, ["1"] * 100),
    ]:  # fmt: skip
        assert kind_of(one) != kind_of(other)


def test_values_nested_by_the_thousand_have_a_kind():
    value: list[object] = []
    for _ in range(5000):
        value = [value]

    assert kind_of({"a": value}) == kind_of({"a": [value]})
