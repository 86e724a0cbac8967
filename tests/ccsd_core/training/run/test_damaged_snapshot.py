"""A damaged newest checkpoint names the way out."""

from pathlib import Path

import pytest

from ccsd_core.errors import CheckpointError
from ccsd_core.training.config.config_file import read_config
from ccsd_core.training.run.snapshot import FOLDER, check_snapshot


def test_a_damaged_checkpoint_names_the_older_one_beside_it(tmp_path):
    newest = tmp_path / FOLDER / "step-00000020"
    newest.mkdir(parents=True)
    (newest / "state.json").write_text('{"step": 2')
    config = read_config(Path("smoke"))

    with pytest.raises(CheckpointError, match="start a new run, with --init"):
        check_snapshot(newest, config)
    newest.with_name("step-00000010").mkdir()
    with pytest.raises(CheckpointError, match=r"step-00000010, is next to it: move step-00000020"):
        check_snapshot(newest, config)
