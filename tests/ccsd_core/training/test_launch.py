"""What a run computes with, and on what."""

import pytest

from ccsd_core.errors import ConfigError
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.launch import resolved_precision


def config(side: int, precision: str) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {"data": {"patch": (side, 32, 32)}, "engine": {"precision": precision}}
    )


@pytest.mark.parametrize(
    ("side", "expected"), [(8, "32-true"), (16, "32-true"), (24, "bf16-mixed")]
)
def test_bf16_is_left_alone_where_torch_computes_it_wrongly(monkeypatch, side, expected):
    monkeypatch.setattr("ccsd_core.training.launch.fast_bf16", lambda device: True)

    assert resolved_precision(config(side, "auto"), "cpu").engine.precision == expected


def test_asked_for_by_name_it_is_refused_with_the_way_out():
    with pytest.raises(ConfigError, match=r"too short along x .* at least 24, or .* '32-true'"):
        resolved_precision(config(16, "bf16-mixed"), "cpu")
    assert resolved_precision(config(24, "bf16-mixed"), "cpu").engine.precision == "bf16-mixed"


def test_a_slow_cpu_computes_in_full_precision(monkeypatch):
    monkeypatch.setattr("ccsd_core.training.launch.fast_bf16", lambda device: False)

    assert resolved_precision(config(32, "auto"), "cpu").engine.precision == "32-true"
