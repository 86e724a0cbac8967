"""Which cases are trained on, which validate, which are left alone."""

from pathlib import Path

import pytest

from ccsd_core.data.splits import read_split
from ccsd_core.errors import CaseError
from ccsd_core.storage.origin import write_origin
from ccsd_core.training.config import TrainingConfig
from ccsd_core.training.selection import select

CASES = [Path(f"data/BraTS2021_{i:05d}") for i in range(1251)]


def chosen(paths=CASES, **tables):
    selection = select(TrainingConfig.model_validate(tables), paths)
    return [p.name for p in selection.training], [p.name for p in selection.validation]


def test_without_validation_all_are_trained_on_but_those_held_out():
    training, validation = chosen(data={"hold_out": ["BraTS2021_00007"]})

    assert len(training) == 1250
    assert "BraTS2021_00007" not in training
    assert validation == []


@pytest.mark.parametrize("limit", [None, 20])
def test_every_case_is_either_trained_on_or_validates(limit):
    training, validation = chosen(validation={"every": 5, "fraction": 0.1, "limit": limit})

    assert sorted(training + validation) == [p.name for p in CASES]
    assert len(validation) == (limit or 125)


def test_the_seed_chooses_and_not_the_name():
    v = {"every": 5, "fraction": 0.1, "limit": 20}
    _, one = chosen(validation=v)
    _, other = chosen(validation=v, seed=1)

    assert one != other
    assert max(one) > "BraTS2021_00900", "the first by name would all be small"
    assert chosen(validation=v)[1] == one


def test_named_cases_count_towards_the_limit():
    named = ["BraTS2021_00003", "BraTS2021_00004"]
    v = {"every": 5, "fraction": 0.5, "limit": 3, "cases": named}

    training, validation = chosen(validation=v)

    assert len(validation) == 3
    assert set(named) <= set(validation)
    assert len(training) == len(CASES) - 3


SPLIT = read_split("brats2018-3")
BRATS2018 = [Path(n) for n in (*SPLIT.train, *SPLIT.val, *SPLIT.test)]


def test_a_split_says_which_cases_and_its_test_part_is_left_alone():
    training, validation = chosen(BRATS2018, data={"split": "brats2018-3"}, validation={"every": 5})

    assert set(training) == set(SPLIT.train)
    assert set(validation) == set(SPLIT.val)


def test_a_limit_on_a_split_is_drawn_and_the_rest_is_not_trained_on():
    v = {"every": 5, "limit": 10}
    training, validation = chosen(BRATS2018, data={"split": "brats2018-3"}, validation=v)

    assert len(validation) == 10
    assert validation != sorted(SPLIT.val)[:10]
    assert set(training) == set(SPLIT.train)


def test_holding_out_goes_before_everything():
    held = [SPLIT.train[0], SPLIT.val[0]]
    d = {"split": "brats2018-3", "hold_out": held}

    training, validation = chosen(BRATS2018, data=d, validation={"every": 5})

    assert not set(held) & {*training, *validation}


def test_a_split_whose_cases_are_not_there_is_told_by_number():
    with pytest.raises(CaseError, match=r"training part of brats2018-3 names .* and 194 more"):
        chosen(data={"split": "brats2018-3"})


def test_nothing_left_to_train_on_is_told():
    with pytest.raises(CaseError, match="no case is left to train on of 1:"):
        chosen(CASES[:1], data={"hold_out": ["BraTS2021_00000"]})


@pytest.fixture
def mixed(tmp_path):
    """Three real patients, made-up cases of each pair, and one of nobody."""
    made = {"Mixed_0": ["a", "b"], "Mixed_1": ["b", "c"], "Mixed_2": ["a", "c"], "Mixed_3": []}
    for name in ("a", "b", "c", *made):
        (tmp_path / name).mkdir()
        if name in made:
            write_origin(tmp_path / name, recipe="lesion", sources=made[name])
    return sorted(tmp_path.iterdir())


def test_a_patient_who_is_held_out_takes_the_cases_made_of_him_along(mixed):
    training, _ = chosen(mixed, data={"hold_out": ["b"]})
    assert training == ["Mixed_2", "Mixed_3", "a", "c"]


def test_so_does_one_who_validates(mixed):
    training, validation = chosen(mixed, validation={"every": 5, "cases": ["c"]})
    assert validation == ["c"]
    assert training == ["Mixed_0", "Mixed_3", "a", "b"]


@pytest.mark.parametrize("seed", range(5))
def test_mixed_cases_are_not_drawn_to_validate(mixed, seed):
    training, validation = chosen(mixed, seed=seed, validation={"every": 5, "fraction": 0.4})
    assert len(validation) == 2  # of four that are whole: a, b, c and the one of nobody
    assert not {"Mixed_0", "Mixed_1", "Mixed_2"} & set(validation)
    assert training


def test_many_mixed_cases_do_not_use_the_real_ones_up(tmp_path):
    for real in range(10):
        (tmp_path / f"real_{real}").mkdir()
    for made in range(100):
        folder = tmp_path / f"Mixed_{made:03d}"
        folder.mkdir()
        write_origin(folder, recipe="lesion", sources=[f"real_{made % 10}"])

    training, validation = chosen(
        sorted(tmp_path.iterdir()), validation={"every": 5, "fraction": 0.1}
    )

    assert len(validation) == 1
    assert len(training) == 9 + 90


def test_who_is_within_a_validating_mixed_case_is_not_trained_on(mixed):
    training, validation = chosen(mixed, validation={"every": 5, "cases": ["Mixed_0"]})
    assert validation == ["Mixed_0"]
    assert training == ["Mixed_3", "c"]


def test_mixed_cases_alone_cannot_validate_each_other(mixed):
    alone = [path for path in mixed if path.name in ("Mixed_0", "Mixed_1", "Mixed_2")]
    with pytest.raises(CaseError, match="none can validate"):
        chosen(alone, validation={"every": 5, "fraction": 0.4})


def test_a_mixed_case_that_does_not_say_of_whom_is_refused(mixed):
    (mixed[0] / "origin.json").write_text('{"recipe": "lesion"}')
    with pytest.raises(CaseError, match="which patients the case was made of"):
        chosen(mixed, data={"hold_out": ["b"]})
