"""Which cases are trained on, which validate, which are left alone."""

from pathlib import Path

import pytest

from ccsd_core.data.splits import read_split
from ccsd_core.errors import CaseError
from ccsd_core.storage.names.origin import write_origin
from ccsd_core.storage.names.patients import patient_of, patients_of
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.selection import select

CASES = [Path(f"data/BraTS2021_{i:05d}") for i in range(1251)]
SPLIT_2021 = read_split("brats2021")
BRATS2021 = [Path(id) for id in (*SPLIT_2021.train, *SPLIT_2021.val, *SPLIT_2021.test)]


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


def test_a_split_without_training_patients_here_is_refused():
    others = [Path(id) for id in SPLIT.test]
    with pytest.raises(CaseError, match=r"none of the 199 patients of the training part of brats"):
        chosen(others, data={"split": "brats2018-3"})


def test_a_split_is_asked_of_another_years_folder_and_says_who_is_missing():
    d = {"split": "brats2020"}
    selection = select(
        TrainingConfig.model_validate({"data": d, "validation": {"every": 5}}), BRATS2021
    )

    whose = [
        {patient_of(p.name).id for p in part} for part in (selection.training, selection.validation)
    ]
    split = read_split("brats2020")
    assert whose[0] == patients_of(split.train) - {"BraTS20_Training_355"}
    assert whose[1] == patients_of(split.val) - {"BraTS20_Training_354"}
    assert whose[1].isdisjoint(patients_of(split.test))
    assert [note[:31] for note in selection.notes] == [
        "found 218 of the 219 patients o",
        "found 49 of the 50 patients of ",
    ]


def test_without_validation_its_part_is_not_missed():
    some = [Path(id) for id in SPLIT.train]
    selection = select(TrainingConfig.model_validate({"data": {"split": "brats2018-3"}}), some)
    assert (len(selection.training), selection.notes) == (199, ())


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ("brats2018-3", "none of the 29 patients of the validation part of brats2018-3"),
        ("sites:18", "sites:18 has no validation part: set validation.fraction"),
    ],
)
def test_a_split_without_validation_patients_is_refused_unless_others_validate(split, message):
    some = [Path(id) for id in SPLIT.train]
    d, every = {"split": split}, {"every": 5}
    with pytest.raises(CaseError, match=message):
        chosen(some, data=d, validation=every)
    _, validation = chosen(some, data=d, validation={**every, "fraction": 0.1})
    assert len(validation) == 20


def test_a_fraction_beside_a_split_s_own_validation_part_is_reported():
    v = {"every": 5, "fraction": 0.1}
    config = TrainingConfig.model_validate({"data": {"split": "brats2018-3"}, "validation": v})

    selection = select(config, BRATS2018)

    assert (len(selection.training), len(selection.validation)) == (179, 49)
    (note,) = selection.notes
    assert note == (
        "validation.fraction = 0.1 uses 20 of the training part of brats2018-3 for validation, "
        "in addition to the 29 of the split: this is not the published split"
    )


def test_a_site_that_is_left_out_neither_trains_nor_validates():
    d, v = {"split": "sites:18,1"}, {"every": 5, "fraction": 0.1}
    cases = [*BRATS2021, Path("mine"), Path("Synthetic_00001")]
    selection = select(TrainingConfig.model_validate({"data": d, "validation": v}), cases)

    sites = {patient_of(p.name).site for p in (*selection.training, *selection.validation)}
    assert not sites & {"1", "18", ""}
    assert len(selection.training) + len(selection.validation) == 358
    (note,) = selection.notes
    assert note.startswith("found 893 of sites 1 and 18, 358 of other sites; not used: 2 of un")


def test_nothing_left_to_train_on_is_reported():
    with pytest.raises(CaseError, match=r"no case is left for training of 1: remove names from"):
        chosen(CASES[:1], data={"hold_out": ["BraTS2021_00000"]})


def test_where_nothing_is_left_of_a_split_its_size_here_is_reported():
    some = [Path(SPLIT.train[0]), Path(SPLIT.val[0]), *CASES[:2]]
    v = {"every": 5, "fraction": 0.1}
    with pytest.raises(CaseError, match=r"of 4; found 1 of the 199 patients of the training part"):
        chosen(some, data={"split": "brats2018-3"}, validation=v)
    training, validation = chosen(some, data={"split": "brats2018-3"}, validation={"every": 5})
    assert (training, validation) == ([SPLIT.train[0]], [SPLIT.val[0]])


MANY_NAMES = ("Brats18_CBICA_ABM_1", "BraTS20_Training_007", "BraTS-GLI-01207-000")


@pytest.mark.parametrize("name", MANY_NAMES)
def test_a_patient_is_held_out_under_any_name(name):
    v = {"every": 5, "fraction": 0.9}
    training, validation = chosen(BRATS2021, data={"hold_out": [name]}, validation=v)
    assert len(training) + len(validation) == 1250
    assert "BraTS2021_01207" not in {*training, *validation}


@pytest.mark.parametrize("name", MANY_NAMES)
def test_a_patient_validates_under_any_name(name):
    v = {"every": 5, "cases": [name, "BraTS2021_00000"]}
    training, validation = chosen(BRATS2021, validation=v)
    assert validation == ["BraTS2021_00000", "BraTS2021_01207"]
    assert len(training) == 1249


def test_all_cases_of_a_patient_stay_together():
    cases = [*BRATS2021, *map(Path, MANY_NAMES)]
    training, _ = chosen(cases, data={"hold_out": [MANY_NAMES[0]]})
    assert len(training) == 1250

    training, validation = chosen(cases, validation={"every": 5, "cases": [MANY_NAMES[0]]})
    assert (len(training), validation) == (1250, [MANY_NAMES[0]])

    selection = select(
        TrainingConfig.model_validate({"validation": {"every": 5, "fraction": 0.5}}), cases
    )
    whose = [
        patients_of(p.name for p in part) for part in (selection.training, selection.validation)
    ]
    assert whose[0].isdisjoint(whose[1])
    assert len(selection.training) + len(selection.validation) == len(cases)
    assert selection.notes == (
        "1 patient has more than one case here, which stay together "
        "(BraTS-GLI-01207-000 and BraTS2021_01207)",
    )


@pytest.mark.parametrize("where", ["data.hold_out", "validation.cases"])
def test_an_unknown_name_is_refused(where):
    table, _, key = where.partition(".")
    names = ["Brats18_CBICA_ABM_1", "BraTS20_Training_370", "BRATS_001"]
    with pytest.raises(
        CaseError, match=rf"{where} names BRATS_001, BraTS20_Training_370, not among"
    ):
        chosen(**{table: {key: names, **({"every": 5} if table == "validation" else {})}})


def test_a_patient_who_is_held_out_under_another_name_takes_mixed_cases_along(tmp_path):
    for name in ("BraTS2021_01207", "Mixed_0", "Mixed_1"):
        (tmp_path / name).mkdir()
    write_origin(tmp_path / "Mixed_0", recipe="lesion", sources=["BraTS20_Training_007"])
    write_origin(tmp_path / "Mixed_1", recipe="lesion", sources=["BraTS20_Training_008"])

    training, _ = chosen(sorted(tmp_path.iterdir()), data={"hold_out": ["Brats18_CBICA_ABM_1"]})

    assert training == ["Mixed_1"]


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
    with pytest.raises(CaseError, match="none can be used for validation"):
        chosen(alone, validation={"every": 5, "fraction": 0.4})


def test_a_mixed_case_that_does_not_say_of_whom_is_refused(mixed):
    (mixed[0] / "origin.json").write_text('{"recipe": "lesion"}')
    with pytest.raises(CaseError, match="which patients the case was made from"):
        chosen(mixed, data={"hold_out": ["b"]})
