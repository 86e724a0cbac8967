"""Configuration files: every mistake is named at once, every bundled one is valid."""

from pathlib import Path

import pytest

from ccsd_core.errors import ConfigError
from ccsd_core.training.config_file import CONFIGS, read_config


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

    with pytest.raises(ConfigError, match="multiple of 8"):
        read_config(path)


@pytest.mark.parametrize("content", [b"steps = ", b"\xff\xfe"], ids=["not TOML", "not text"])
def test_a_file_that_is_not_toml_is_refused(tmp_path, content):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match="not readable TOML"):
        read_config(path)


def test_a_missing_file_lists_what_there_is(tmp_path):
    with pytest.raises(ConfigError, match="smoke"):
        read_config(tmp_path / "nowhere.toml")
