"""How a corruption is written, read back and refused."""

import subprocess
import sys

import pytest

from ccsd_core.data.corruption import KINDS, SEVERITIES, Corruption
from ccsd_core.data.corruption.apply import FUNCTIONS
from ccsd_core.data.corruption.kinds import parse_corruptions
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError


def test_what_is_written_is_read_back():
    for kind in KINDS:
        for severity in SEVERITIES:
            for sequence in Modality:
                corruption = Corruption(kind, severity, sequence)
                assert Corruption.parse(str(corruption)) == corruption


def test_a_sequence_may_have_any_of_its_names():
    assert Corruption.parse("noise:3@t1ce") == Corruption("noise", 3, Modality.T1C)


def test_without_a_severity_all_five_are_meant_and_none_twice():
    asked = parse_corruptions(["blur:4@T2", "blur@T2"])
    assert [c.severity for c in asked] == [4, 1, 2, 3, 5]
    assert {(c.kind, c.sequence) for c in asked} == {("blur", Modality.T2)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fog:3@T1c", [*KINDS]),
        ("noise:6@T1c", ["6", "1, 2, 3, 4, 5"]),
        ("noise:much@T1c", ["much", "1, 2, 3, 4, 5"]),
        ("noise:@T1c", ["''", "1, 2, 3, 4, 5"]),
        ("noise:3@PD", ["PD", "FLAIR, T1, T1c, T2"]),
        ("noise:3", ["KIND:SEVERITY@SEQUENCE"]),
        ("noise:3@", ["KIND:SEVERITY@SEQUENCE"]),
        ("", ["KIND:SEVERITY@SEQUENCE"]),
    ],
)
def test_what_there_is_not_is_named_with_what_there_is(text, message):
    with pytest.raises(BadInputError) as refused:
        Corruption.parse_all(text)
    for words in (repr(text), *message):
        assert words in str(refused.value)


def test_one_corruption_needs_its_severity():
    with pytest.raises(
        BadInputError, match=r"'noise@T1c' has no severity: write for example noise:3@T1c"
    ):
        Corruption.parse("noise@T1c")


def test_every_kind_has_five_amounts_in_its_unit_and_a_function():
    assert list(FUNCTIONS) == list(KINDS)
    for kind in KINDS.values():
        assert len({kind.amount_text(severity) for severity in SEVERITIES}) == len(SEVERITIES)
        for severity in SEVERITIES:
            for amount in kind.amounts(severity):
                assert f"{amount:g}" in kind.amount_text(severity)
                assert f"{amount:g}" in kind.amounts_text


def test_names_and_units_need_no_numpy_and_doing_it_no_torch():
    code = (
        "import sys\nfrom ccsd_core.data.corruption import KINDS\n"
        "assert 'numpy' not in sys.modules\n"
        "from ccsd_core.data.corruption import corrupted\n"
        "print('torch' in sys.modules, corrupted.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False corrupted", done.stderr
