"""Whatever a file holds, its reader answers or says what is wrong; long runs: `make fuzz`."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.target import Target, outcome
from tests.fuzz.targets import TARGETS

INPUTS = 40


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_input_is_read_or_refused_with_an_error_of_ours(target: Target, tmp_path):
    @settings(
        max_examples=max(6, int(INPUTS * target.share)),
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(target.inputs)
    def tried(drawn: object) -> None:
        outcome(target, drawn, tmp_path / "input")

    tried()
