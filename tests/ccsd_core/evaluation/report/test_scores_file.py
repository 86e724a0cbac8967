"""`scores.csv` read back: exactly what was written, or a line that says what is wrong."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.report.scores_file import ScoresError, read_scores, scores_csv
from ccsd_core.evaluation.results.result import Score

scores = st.builds(
    Score,
    case=st.text(min_size=1, alphabet=st.characters(codec="utf-8", exclude_characters="\0\r")),
    subset=st.sampled_from(ModalitySubset.every()),
    region=st.sampled_from(Region),
    metric=st.sampled_from(["dice", "hd95_mm"]),
    value=st.floats(allow_infinity=False, allow_nan=False),
    policy=st.sampled_from(["plain", 'with "quotes", and commas', ""]),
    seen_in_training=st.booleans(),
)
ONE = Score("a", ModalitySubset.full(), Region.WT, "dice", 0.1 + 0.2, "empty: 1", True)


@given(
    table=st.lists(scores, min_size=1, unique_by=lambda s: (s.case, s.subset, s.region, s.metric))
)
def test_what_is_read_is_what_was_written(tmp_path_factory, table):
    file = tmp_path_factory.mktemp("scores") / "scores.csv"
    file.write_text(scores_csv(table), encoding="utf-8", newline="")
    assert list(read_scores(file)) == table


def test_nan_is_read_as_nan(tmp_path):
    nan = Score("a", ModalitySubset.full(), Region.WT, "hd95_mm", math.nan, "nan", False)
    (tmp_path / "scores.csv").write_text(scores_csv([nan]))
    assert math.isnan(read_scores(tmp_path)[0].value)


def test_a_folder_or_the_file_may_be_named(tmp_path):
    (tmp_path / "scores.csv").write_text(scores_csv([ONE]))
    assert read_scores(tmp_path) == read_scores(tmp_path / "scores.csv") == (ONE,)


LINE = scores_csv([ONE]).splitlines()[1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (LINE.replace("FLAIR", "PET"), "line 2.*PET"),
        (LINE.replace("WT", "XT"), "line 2.*XT"),
        (LINE.replace("0.30000000000000004", "much"), "line 2.*'much'"),
        (LINE.replace("0.30000000000000004", "inf"), "line 2.*'inf'"),
        (LINE.replace("true", "maybe"), "line 2.*'maybe'"),
        (LINE.rpartition(",")[0], "line 2 has no seen_in_training"),
        (LINE + ",more", "line 2 has too many cells"),
        (LINE + "\n" + LINE, "line 3.*twice"),
        ("", "contains no scores"),
    ],
    ids=["subset", "region", "value", "infinite", "seen", "cut off", "too long", "twice", "empty"],
)
def test_a_line_that_is_wrong_is_named(tmp_path, line, words):
    header = scores_csv([]).strip()
    (tmp_path / "scores.csv").write_text(f"{header}\n{line}\n")
    with pytest.raises(ScoresError, match=words):
        read_scores(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "no column case"),
        (b"\xff\xfe\x00", "cannot be read"),
        (None, "no scores at"),
    ],
    ids=["another table", "no text", "not there"],
)
def test_what_is_no_table_of_scores_is_reported(tmp_path, content, words):
    if content is not None:
        (tmp_path / "scores.csv").write_bytes(content)
    with pytest.raises(ScoresError, match=words):
        read_scores(tmp_path)
