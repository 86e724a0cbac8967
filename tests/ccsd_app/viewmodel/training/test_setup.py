"""The settings of a run become command lines that mean the same."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from ccsd_app.viewmodel.training.setup import (
    configurations,
    setup_of,
    suggested_run,
)
from ccsd_core.training.config.config_file import config_names, read_config


def changed(arguments: tuple[str, ...]):
    """The configuration that a command line trains."""
    changes = [b for a, b in pairwise(arguments) if a == "-s"]
    return read_config(Path(arguments[1]), changes)


def test_a_configuration_as_it_is_needs_no_changes(tmp_path):
    for name in config_names():
        setup = replace(setup_of(name), data=tmp_path, run=tmp_path / "run")

        assert "-s" not in setup.train_arguments(), name


def test_what_was_chosen_is_what_is_trained(tmp_path):
    setup = replace(
        setup_of("light"),
        data=tmp_path,
        run=tmp_path / "run",
        name='my "best" ü',
        length=70,
        validation_percent=25,
        validation_every=7,
        init="ccsd-light",
        device="cpu",
    )
    arguments = setup.train_arguments()
    config = changed(arguments)

    assert (config.name, config.steps) == ('my "best" ü', 70)
    assert (config.validation.fraction, config.validation.every) == (0.25, 7)
    assert arguments[arguments.index("--init") + 1] == "ccsd-light"
    assert arguments[arguments.index("--device") + 1] == "cpu"
    dry = setup.dry_run_arguments(tmp_path / "x.json")
    assert changed(dry) == config
    assert {"--dry-run", "-o", "--init"} & set(dry) == {"--dry-run"}


def test_validation_can_be_turned_off_and_on(tmp_path):
    folders = {"data": tmp_path, "run": tmp_path / "run"}
    off = replace(setup_of("light"), validation_percent=0, **folders)
    on = replace(setup_of("smoke"), validation_percent=20, **folders)

    assert changed(off.train_arguments()).validation.every == 0
    config = changed(on.train_arguments())
    assert (config.validation.every, config.validation.fraction) == (5, 0.2)


def test_a_configuration_in_epochs_is_changed_in_epochs(tmp_path):
    name = next(n for n in config_names() if read_config(Path(n)).epochs is not None)
    setup = replace(setup_of(name), data=tmp_path, run=tmp_path / "run", length=3)

    assert changed(setup.train_arguments()).epochs == 3


def test_what_cannot_be_started_is_told_and_a_new_folder_is_suggested(tmp_path):
    data, run = tmp_path / "data", tmp_path / "run"
    setup = setup_of("light")
    assert "labelled cases" in setup.problem()
    setup = replace(setup, data=data, run=run)
    assert "not a folder" in setup.problem()
    data.mkdir()
    assert setup.problem() == ""
    assert "name" in replace(setup, name=" ").problem()
    (run / "checkpoints").mkdir(parents=True)
    assert "already contains a run" in setup.problem()

    first = suggested_run(data, "a/b")
    assert first.parent == tmp_path
    first.mkdir()
    assert suggested_run(data, "a/b") not in (first, run)


def test_every_configuration_is_offered_those_for_own_data_first():
    choices = configurations()

    assert [choice.name for choice in choices][:2] == ["light", "ccsd"]
    assert {choice.name for choice in choices} == set(config_names())
    assert all(choice.about for choice in choices)
