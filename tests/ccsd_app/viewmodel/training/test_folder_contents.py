"""The list of a folder's cases, as the training dialog shows it."""

import pytest

from ccsd_app.viewmodel.training.estimate import estimate
from ccsd_app.viewmodel.training.folder_contents import folder_contents
from ccsd_core.domain.modality import Modality


def case(name: str, **changes: object) -> dict[str, object]:
    whole = {"id": name, "sequences": [m.name for m in Modality], "labels": True, "site": ""}
    return {**whole, "patient": name, "problem": "", "notes": [], **changes}


def test_numbers_sites_and_warnings_are_shown():
    contents = folder_contents(
        {
            "cases": [
                case("A", site="18"),
                case("B", site="18", sequences=["FLAIR"]),
                case("C", labels=False),
                case("D", problem="torn", labels=True),
                case("A2", patient="A"),
            ]
        }
    )

    assert contents.usable == 3
    assert contents.summary[0] == "5 cases, 4 with expert labels"
    assert "FLAIR 5, T1 4, T1c 4, T2 4; 1 lack at least one" in contents.summary[1]
    assert contents.summary[2] == "Known sites: 18 (2); 3 cases of unknown site"
    broken, unlabelled, several = contents.warnings
    assert "cannot be opened (D)" in broken
    assert "without expert labels, not used (C)" in unlabelled
    assert "more than one case" in several
    assert {row.id: row.remark for row in contents.rows}["D"] == "torn"


@pytest.mark.parametrize("read", [folder_contents, estimate])
@pytest.mark.parametrize("content", [{}, {"cases": [{}]}, {"cases": 3}])
def test_a_file_of_something_else_is_refused(read, content):
    with pytest.raises(ValueError, match="not a"):
        read(content)


def test_an_estimate_states_cases_memory_and_time():
    found = estimate(
        {
            "cases": {"training": 40, "validation": 4, "notes": ("n",)},
            "device": "CPU",
            "needed_mb": 2500.0,
            "free_mb": 8000.0,
            "step_s": 9.0,
            "steps": 6000,
            "hours": 15.0,
        }
    )

    assert found.lines[0] == "Cases: 40 for training, 4 for validation"
    assert "2.5 GB at the peak of a step, 8.0 GB are free" in found.lines[1]
    assert "about 15 h 00 min" in found.lines[2]
    assert found.notes == ("n",)
