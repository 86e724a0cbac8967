"""Every word and every ending of the table of names, one by one."""

import re

import pytest

from ccsd_core.domain.modality import SYNONYMS, Modality
from ccsd_core.storage.cases.layout import PUBLISHED
from ccsd_core.storage.cases.name_table import ENDINGS, WORDS
from ccsd_core.storage.cases.naming import role_by_words, words_of

F, T1, T1C, T2 = Modality

T1_ENDINGS = ["c", "ce", "cc", "gd", "gad", "gado", "post", "contrast", "postcontrast", "km"]
MEANINGS = {
    "labels": "seg segm segmentation segmentations label labels lbl mask gt groundtruth annotation",
    "brain": "brain brainmask bet head tissue parenchyma skull skullstrip",
    "another scan": "adc dwi dti fa md asl cbf cbv dce dsc perfusion perf swi t2star t2s "
    "bold localizer",
    F: "flair t2flair t2f fl axflair flair2d",
    T1C: " ".join(f"t1{end} t1w{end} axt1{end}" for end in T1_ENDINGS),
    T1: "t1 t1n t1w t1wi t1native axt1 axialt1w sagt1 cort1n",
    T2: "t2 t2w t2wi axt2 axialt2w sagt2 cort2",
    "contrast": "ce c cc gd gad gado gadolinium post postcontrast contrast enhanced km",
    "no contrast": "pre precontrast native no non without",
    "operation": "op operative surgery treatment rt",
    "derived": "bias",
    None: "t10 t11 t1x t2n scan patient12 p1 1 registered",
}


def meanings(word: str) -> set[object]:
    return {row.means for row in WORDS if re.fullmatch(row.pattern, word)}


@pytest.mark.parametrize("meaning", MEANINGS, ids=str)
def test_each_word_says_one_thing(meaning):
    for word in MEANINGS[meaning].split():
        assert meanings(word) == ({meaning} - {None}), word


def test_every_row_of_the_table_is_tried_and_says_where_it_is_from():
    tried = [word for words in MEANINGS.values() for word in words.split()]
    for row in WORDS:
        assert any(re.fullmatch(row.pattern, word) for word in tried), row
        assert row.source


def test_two_words_that_follow_each_other_may_be_one_pattern():
    assert role_by_words(words_of("p_t2_star")) is None
    assert role_by_words(words_of("p_star_t2")) is T2


@pytest.mark.parametrize("modality", Modality, ids=lambda m: m.name)
def test_what_the_command_line_calls_a_sequence_names_a_file_of_it(modality):
    for name in SYNONYMS[modality]:
        assert role_by_words(words_of(f"patient_{name}")) is modality


def test_every_published_set_ends_the_names_of_all_roles_differently():
    for endings in ENDINGS:
        assert set(endings.roles.values()) == {*Modality, "labels"}
        assert endings.source
    assert len({ending for one in ENDINGS for ending in one.roles}) == 5 * len(ENDINGS)
    assert tuple(PUBLISHED.values()) == ENDINGS
