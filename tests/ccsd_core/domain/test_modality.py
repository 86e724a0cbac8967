"""Modalities and their subsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.domain.modality import SYNONYMS, Modality, ModalitySubset
from ccsd_core.errors import EmptySubsetError, UnknownModalityError

every_subset = pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)
subsets = st.sampled_from(ModalitySubset.every())
modalities = st.sampled_from(list(Modality))


def test_the_table_order_is_the_papers():
    digits = ["".join(str(m + 1) for m in s) for s in ModalitySubset.every()]
    assert " ".join(digits) == "1 2 3 4 12 13 14 23 24 34 123 124 134 234 1234"


@every_subset
def test_parse_reads_what_str_wrote(subset: ModalitySubset):
    assert ModalitySubset.parse(str(subset)) == subset


@every_subset
def test_parse_reads_the_label_for_people(subset: ModalitySubset):
    assert ModalitySubset.parse(subset.label) == subset


@given(
    names=st.lists(
        st.sampled_from([(m, name) for m, ns in SYNONYMS.items() for name in ns]), min_size=1
    ),
    upper=st.booleans(),
    separator=st.sampled_from([",", "+", ", ", " + ", " "]),
)
def test_order_case_separator_and_synonyms_do_not_matter(names, upper, separator):
    text = separator.join(name for _, name in names)
    expected = ModalitySubset.of(*(m for m, _ in names))
    assert ModalitySubset.parse(text.upper() if upper else text) == expected


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("t1ce", Modality.T1C),
        ("T1Gd", Modality.T1C),
        ("T1c", Modality.T1C),
        ("T1", Modality.T1),
        ("t2_flair", Modality.FLAIR),
        ("t2w", Modality.T2),
        (" FLAIR ", Modality.FLAIR),
    ],
)
def test_common_names_are_understood(text: str, modality: Modality):
    assert Modality.parse(text) is modality


def test_no_synonym_means_two_modalities():
    names = [name for ns in SYNONYMS.values() for name in ns]
    assert len(names) == len(set(names))


def test_an_unknown_name_is_named_with_what_is_known():
    with pytest.raises(UnknownModalityError, match=r"'pet'.*FLAIR, T1, T1c, T2"):
        ModalitySubset.parse("flair,pet")


@pytest.mark.parametrize("text", ["", " ", ",", "+ +"])
def test_no_name_at_all_is_an_empty_subset(text: str):
    with pytest.raises(EmptySubsetError, match="keep at least one"):
        ModalitySubset.parse(text)


@given(subset=subsets, modality=modalities)
def test_toggling_twice_changes_nothing(subset: ModalitySubset, modality: Modality):
    if subset != ModalitySubset.of(modality):
        assert subset.toggled(modality).toggled(modality) == subset


@pytest.mark.parametrize("modality", list(Modality))
def test_the_last_modality_cannot_be_toggled_off(modality: Modality):
    with pytest.raises(EmptySubsetError):
        ModalitySubset.of(modality).toggled(modality)


@every_subset
def test_present_and_missing_make_all_four(subset: ModalitySubset):
    assert sorted([*subset, *subset.missing]) == list(Modality)
    assert len(subset) == len(tuple(subset))


@every_subset
def test_n_sequences_have_two_to_the_n_minus_one_subsets(subset: ModalitySubset):
    inner = subset.subsets()
    assert len(inner) == 2 ** len(subset) - 1
    assert subset in inner
    assert all(s.issubset(subset) for s in inner)
    sizes = range(1, len(subset) + 1)
    assert tuple(s for k in sizes for s in subset.of_size(k)) == inner


@given(a=subsets, b=subsets)
def test_issubset_agrees_with_sets(a: ModalitySubset, b: ModalitySubset):
    assert a.issubset(b) == (set(a) <= set(b))
