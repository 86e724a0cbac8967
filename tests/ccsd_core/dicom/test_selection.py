"""The best series for each sequence, and the user's word over it."""

import pytest

from ccsd_core.dicom.selection import checked, select
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import DicomError

AXIAL, SAGITTAL = (1, 0, 0, 0, 1, 0), (0, 1, 0, 0, 0, 1)


def labels(selection):
    return {m.label: series.label for m, series in selection.used.items()}


def why(selection, label):
    (found,) = [row.why for row in selection.rows if row.series.label == label]
    return found


PREFERRED = {
    "3-D before 2-D": ({"dimension": "3D"}, {"dimension": "2D"}, {}, {}),
    "original before derived": ({}, {"image_type": ("DERIVED",)}, {}, {}),
    "thinner slices": ({}, {}, {}, {"slices": 8, "spacing": (20.0, 20.0, 18.0)}),
    "axial before other planes": ({}, {}, {}, {"rows_along": SAGITTAL}),
    "smaller pixels": ({}, {}, {"spacing": (18.0, 18.0, 12.0)}, {}),
    "consistent header": (
        {},
        {"echo_ms": 99.0, "repetition_ms": 100.0},
        {},
        {},
    ),
}


@pytest.mark.parametrize("reason", PREFERRED)
def test_the_better_of_two_is_used_and_the_reason_given_at_both(series, reason):
    good, worse, good_stack, worse_stack = PREFERRED[reason]
    better = series("T2", "7", acquisition=good, **good_stack)
    other = series("T2", "4", acquisition=worse, **worse_stack)

    for order in ([better, other], [other, better]):
        selection = select(order)

        assert labels(selection) == {"T2": "7"}
        assert why(selection, "7") == f"chosen: {reason} (series 4)"
        assert why(selection, "4") == f"not needed: series 7 is used, {reason}"


def test_of_two_alike_the_later_is_a_repeat_and_is_used(series):
    assert labels(select([series("T2", "4"), series("T2", "9")])) == {"T2": "9"}


def test_a_derived_3d_image_does_not_replace_the_original(series):
    original = series("T1", "3", acquisition={"dimension": "2D"})
    derived = series("T1", "30", acquisition={"dimension": "3D", "image_type": ("DERIVED",)})

    assert labels(select([original, derived])) == {"T1": "3"}


def test_every_choice_can_be_overridden(series):
    all_series = [series("T2", "2"), series("T2", "3"), series("FLAIR", "4"), series("ADC", "5")]

    chosen = select(all_series, {Modality.T2: "2", Modality.FLAIR: None, Modality.T1C: "5"})

    assert labels(chosen) == {"T1c": "5", "T2": "2"}
    assert why(chosen, "5") == "chosen by user"
    assert why(chosen, "3") == "not used: series 2 was chosen"
    assert why(chosen, "4") == "not used: nothing was chosen"


def test_a_series_chosen_for_one_sequence_is_not_used_for_another(series):
    rows = [series("T2", "1"), series("T2", "2"), series("T1", "3")]

    assert labels(select(rows, {Modality.FLAIR: "2"})) == {"FLAIR": "2", "T1": "3", "T2": "1"}


def test_an_override_names_a_series_of_the_study_and_each_once(series):
    with pytest.raises(DicomError, match="no series '8', choose one of 2"):
        select([series("T2", "2")], {Modality.T1: "8"})
    with pytest.raises(DicomError, match="series 2 is chosen twice"):
        select([series("T2", "2")], {Modality.T1: "2", Modality.FLAIR: "2"})


def test_a_series_with_missing_images_is_left_out_and_may_be_chosen_by_hand(series):
    short = series("T2", "2", stated_images=14)

    with pytest.raises(DicomError, match=r"2 images are missing .12 are present"):
        checked(select([short]))
    assert labels(select([short], {Modality.T2: "2"})) == {"T2": "2"}


def test_a_whole_series_comes_before_a_better_one_that_is_not(series):
    thin = series("T2", "2", stated_images=14, acquisition={"dimension": "3D"})

    selection = select([thin, series("T2", "3")])

    assert labels(selection) == {"T2": "3"}
    assert why(selection, "3") == "the only T2 that is complete"


def test_two_series_apart_in_space_are_refused_by_name(series):
    with pytest.raises(DicomError, match=r"series 2 \(T2\) and series 3 \(T1\) do not overlap"):
        select([series("T2", "2"), series("T1", "3", start_mm=500)])


def test_the_one_of_three_that_lies_apart_is_excluded(series):
    rows = [series("T2", "2"), series("T1", "3", start_mm=500), series("FLAIR", "4", start_mm=10)]

    selection = select(rows)

    assert labels(selection) == {"FLAIR": "4", "T2": "2"}
    assert why(selection, "3") == "not used: it does not overlap series 2, 4 in space"


def test_slices_across_each_other_overlap(series):
    one, other = series("T2", "2"), series("T1", "3", rows_along=SAGITTAL)

    assert set(labels(select([one, other]))) == {"T1", "T2"}


def test_nothing_usable_is_refused_with_the_reasons(series):
    with pytest.raises(DicomError, match="series 1: it is CT, not MR") as refused:
        checked(select([series(kind="CT"), series("localizer", "2")]))
    assert "series 2 (localizer): its description says 'localizer'" in str(refused.value)
