"""Configuration files: every mistake is named at once, every bundled one is valid."""

from pathlib import Path

import pytest

from ccsd_core.errors import ConfigError
from ccsd_core.training.config.config_file import CONFIGS, about, config_names, read_config


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.toml")), ids=lambda p: p.stem)
def test_every_bundled_configuration_is_valid(path):
    assert read_config(path).steps > 0


def test_a_bundled_configuration_goes_by_its_bare_name():
    assert read_config(Path("smoke")).name == "smoke"


def test_all_mistakes_are_named_at_once(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('stepz = 3\nsteps = -1\n[optim]\nlearning_rate = "fast"\n')

    with pytest.raises(ConfigError) as caught:
        read_config(path)

    for name in ("stepz", "steps", "optim.learning_rate"):
        assert name in str(caught.value)


def test_a_patch_that_does_not_fit_the_network_is_refused(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("[data]\npatch = [30, 32, 32]\n")

    with pytest.raises(ConfigError, match="multiples of 8 × 8 × 8"):
        read_config(path)


@pytest.mark.parametrize("content", [b"steps = ", b"\xff\xfe"], ids=["not TOML", "not text"])
def test_a_file_that_is_not_toml_is_refused(tmp_path, content):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match="not readable TOML"):
        read_config(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [("lite", "did you mean light\\?"), ("nowhere.toml", "exist: give a TOML file.*configs lists")],
)
def test_a_name_that_is_not_there_proposes_the_closest_and_lists_none(name, message):
    with pytest.raises(ConfigError, match=message) as caught:
        read_config(Path(name))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("stepps=3", "did you mean steps?"),
        ("optim.learningrate=1", "did you mean optim.learning_rate?"),
        ("micro_batch=1", "did you mean engine.micro_batch?"),
        ("colour=1", "unknown setting"),
    ],
)
def test_a_misspelt_setting_proposes_the_closest(change, message):
    with pytest.raises(ConfigError) as caught:
        read_config(Path("smoke"), [change])
    assert str(caught.value).endswith(message)


def test_a_setting_without_a_value_is_reported_with_its_own_name():
    with pytest.raises(ConfigError, match="'steps' is not a setting: write steps=VALUE"):
        read_config(Path("smoke"), ["steps"])


def test_what_a_configuration_is_for_is_a_whole_sentence():
    for name in config_names():
        assert about(name).endswith((".", ":")), name
    assert "100,000 more." in about("shaspec-baseline")
    assert "86.44 (its Table 1 has 86.47" in about("table3-both")


def test_a_configuration_says_only_what_it_changes(tmp_path):
    (tmp_path / "base.toml").write_text('name = "base"\nsteps = 7\n[optim]\nema = 0.5\n')
    path = tmp_path / "mine.toml"
    path.write_text('extends = "base.toml"\nname = "mine"\n[optim]\nlearning_rate = 0.1\n')

    config = read_config(path)

    assert (config.name, config.steps) == ("mine", 7)
    assert (config.optim.ema, config.optim.learning_rate) == (0.5, 0.1)


def test_a_configuration_can_extend_a_bundled_one_by_name(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "brats2018"\nname = "mine"\n')

    assert read_config(path).data.split == "brats2018-3"


def test_a_configuration_that_extends_itself_is_refused(tmp_path):
    (tmp_path / "a.toml").write_text('extends = "b.toml"')
    (tmp_path / "b.toml").write_text('extends = "a.toml"')

    with pytest.raises(ConfigError, match="extends itself"):
        read_config(tmp_path / "a.toml")


def test_settings_can_be_changed_from_outside():
    changes = [
        "optim.learning_rate=1e-4",
        "data.patch=[16, 16, 16]",
        "name=other",
        "model.head=softmax",
    ]

    config = read_config(Path("smoke"), changes)

    assert config.optim.learning_rate == 1e-4
    assert config.data.patch == (16, 16, 16)
    assert (config.name, config.model.head) == ("other", "softmax")


@pytest.mark.parametrize("change", ["steps", "=3", "optim.learningrate=1", "steps=many"])
def test_a_change_that_makes_no_sense_is_refused(change):
    with pytest.raises(ConfigError):
        read_config(Path("smoke"), [change])


def test_validation_cases_without_a_time_to_validate_are_not_skipped_in_silence():
    with pytest.raises(ConfigError, match=r"without validation\.every"):
        read_config(Path("smoke"), ["validation.fraction=0.2"])
    assert read_config(Path("light"), ["validation.every=0"]).validation.every == 0


def test_a_base_that_is_not_there_is_named_with_who_wants_it(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "nope"')

    with pytest.raises(ConfigError, match=r"mine\.toml extends 'nope', which does not exist"):
        read_config(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [("data.patch=64", "data.patch: should be a list"), ("distillation=3", "is a table")],
)
def test_a_wrong_kind_of_value_is_reported_in_plain_words(change, words):
    with pytest.raises(ConfigError, match=words):
        read_config(Path("smoke"), [change])


def test_validation_without_cases_says_what_to_set():
    with pytest.raises(
        ConfigError, match=r"validation\.every = 5 without cases.*validation\.fraction"
    ):
        read_config(Path("smoke"), ["validation.every=5"])


def test_scoring_again_needs_similarities():
    with pytest.raises(ConfigError, match="rescore needs criticality = 'cosine'"):
        read_config(
            Path("smoke"), ["distillation.rescore=true", "distillation.criticality=gradient"]
        )


def test_what_does_not_change_a_result_may_differ_on_resuming():
    smoke = read_config(Path("smoke"))
    engine = read_config(Path("smoke"), ["engine.workers=3", "engine.micro_batch=1"])
    method = read_config(Path("smoke"), ["engine.precision=16-mixed", "distillation.path=min"])

    assert smoke.differences(engine) == {}
    assert smoke.differences(method) == {
        "distillation.path": ("max", "min"),
        "engine.precision": ("auto", "16-mixed"),
    }


def test_a_split_with_a_validation_part_turns_an_inherited_fraction_off(tmp_path):
    """Else a published split would be changed in silence."""
    path = tmp_path / "mine.toml"
    path.write_text('extends = "light"\n[data]\nsplit = "brats2021"\n')

    for config in (read_config(path), read_config(Path("light"), ["data.split=brats2021"])):
        assert config.validation.fraction == 0
        assert config.validation.every == 500
    by_site = read_config(Path("light"), ["data.split=sites:18"])
    assert by_site.validation.fraction == 0.1, "who validates, a split by site does not say"


def test_a_fraction_that_is_named_with_the_split_acts():
    both = ["data.split=brats2021", "validation.fraction=0.2"]
    for changes in (both, both[::-1]):
        assert read_config(Path("light"), changes).validation.fraction == 0.2
