"""Items that a thread computes ahead: the same items, errors and end as without it."""

import threading

import pytest

from ccsd_core.data.background import in_background


def threads() -> int:
    return sum(thread.name == "batches" for thread in threading.enumerate())


def test_the_items_come_in_order_and_the_next_one_is_computed_ahead():
    computed = threading.Event()

    def items():
        yield 1
        computed.set()
        yield 2

    found = in_background(items())

    assert next(found) == 1
    assert computed.wait(10), "the second item is computed while the first is used"
    assert list(found) == [2]
    assert threads() == 0


def test_no_more_items_are_computed_than_are_kept_ready():
    computed: list[int] = []

    def items():
        for i in range(100):
            computed.append(i)
            yield i

    found = in_background(items(), ahead=2)
    for _ in range(3):
        next(found)
    found.close()

    assert len(computed) <= 3 + 2 + 2, "three used, two kept, one in hand and one being put"


def test_an_error_comes_where_its_item_would():
    def items():
        yield 1
        raise ValueError("no second item")

    found = in_background(items())

    assert next(found) == 1
    with pytest.raises(ValueError, match="no second item"):
        next(found)
    assert threads() == 0


def test_closing_ends_the_thread_and_the_generator():
    closed: list[bool] = []

    def items():
        try:
            while True:
                yield 0
        finally:
            closed.append(True)

    found = in_background(items())
    next(found)

    found.close()

    assert closed == [True]
    assert threads() == 0
