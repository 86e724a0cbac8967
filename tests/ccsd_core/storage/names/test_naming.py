"""Which sequence a file's name speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.names.name_table import BRATS2021, ENDINGS
from ccsd_core.storage.names.naming import (
    published_role,
    role_by_words,
    without_common_start,
    words_of,
)

F, T1, T1C, T2 = Modality


@pytest.mark.parametrize(
    ("stem", "role"),
    [
        ("flair", F),
        ("p_t2_flair", F),
        ("p_T2-FLAIR_reg", F),
        ("T2FLAIR", F),
        ("p-t2f", F),
        ("ax_flair_fs", F),
        ("p_t1", T1),
        ("p-t1n", T1),
        ("T1w", T1),
        ("T1W_MPRAGE", T1),
        ("t1_pre_contrast", T1),
        ("T1_native", T1),
        ("sub-01_T1w", T1),
        ("AxT1", T1),
        ("p_t1_post_op", T1),
        ("post_op_t1", T1),
        ("pre_op_t1_gd", T1C),
        ("p_t1ce", T1C),
        ("p_t1c", T1C),
        ("p-T1Gd", T1C),
        ("T1+C", T1C),
        ("t1_gd", T1C),
        ("t1w_post", T1C),
        ("T1_post_contrast", T1C),
        ("t1 contrast", T1C),
        ("post_t1", T1C),
        ("gad_T1w", T1C),
        ("sub-01_ce-gadolinium_T1w", T1C),
        ("t1_km", T1C),
        ("p_t2", T2),
        ("p-t2w", T2),
        ("T2_TSE", T2),
        ("ax_t2", T2),
        ("p_seg", "labels"),
        ("W39_1998.09.19_Segm", "labels"),
        ("tumor_segmentation", "labels"),
        ("p_t1_label", "labels"),
        ("brain_mask", None),
        ("p_brain_parenchyma_segmentation", None),
        ("t2_star", None),
        ("t2star", None),
        ("p_adc", None),
        ("t10", None),
        ("scan", None),
        ("patient12", None),
    ],
)
def test_free_names_are_understood_by_their_words(stem: str, role):
    assert role_by_words(words_of(stem)) == role


@pytest.mark.parametrize("endings", ENDINGS, ids=lambda e: e.source)
@given(prefix=st.text("abcXYZ0189_-", min_size=1, max_size=12), upper=st.booleans())
def test_published_endings_are_exact(endings, prefix: str, upper: bool):
    for ending, role in endings.roles.items():
        stem = prefix + (ending.upper() if upper else ending)
        assert published_role(stem, endings) == (prefix, role)


@pytest.mark.parametrize("stem", ["_flair", "x_flair2", "x_t1gd", "flair", "x-t1c"])
def test_other_names_have_no_published_ending(stem: str):
    assert published_role(stem, BRATS2021) is None


def test_what_all_names_begin_with_is_dropped():
    names = [words_of(s) for s in ("T2_study_7_t1", "T2_study_7_t1_ce", "T2_study_7_flair")]
    assert without_common_start(names) == [("t1",), ("t1", "ce"), ("flair",)]


def test_every_name_keeps_its_last_word():
    names = [words_of("p_t1"), words_of("p_t1_ce")]
    assert without_common_start(names) == [("t1",), ("t1", "ce")]
    assert without_common_start([("t1",)]) == [("t1",)]
