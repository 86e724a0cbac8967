"""Words, times and other headers together."""

import pytest

from ccsd_core.dicom.recognition.guess import recognise
from ccsd_core.domain.modality import Modality

SE, GR = frozenset({"SE"}), frozenset({"GR"})
IR = frozenset({"SE", "IR"})


def times(te, tr, ti=None, sequence=SE, **more):
    return {
        "echo_ms": te,
        "repetition_ms": tr,
        "inversion_ms": ti,
        "scanning_sequence": sequence,
        **more,
    }


NAMELESS = {
    "FLAIR": [times(120, 9000, 2500, IR), times(390, 5000, 1800, IR)],
    "T1": [
        times(10, 550),
        times(24, 2500, 860, IR),
        times(2.3, 1900, 900, GR | IR),
        times(3.8, 8.2, None, GR),
    ],
    "T2": [times(99, 4200), times(408, 3200)],
    "STIR": [times(60, 4000, 160, IR)],
    "proton density": [times(14, 3000)],
    "susceptibility (SWI, T2*)": [times(20, 600, None, GR)],
    "diffusion": [times(90, 5000, None, SE | {"EP"})],
    "functional MRI": [times(30, 2000, None, GR | {"EP"})],
    "unknown": [times(40, 1500), times(900, 100), {}],
}


def test_times_alone_tell_the_sequence(series):
    for label, rows in NAMELESS.items():
        for row in rows:
            guess = recognise(series("", acquisition=row))

            assert guess.label == label, row
            assert not guess.doubtful


def test_the_reason_names_what_was_seen(series):
    guess = recognise(series("t2_tse_tra", acquisition=times(99, 4200)))

    assert guess.reason == "its description says 't2', and TE 99 ms, TR 4200 ms fit"


def test_times_are_believed_where_words_disagree_and_the_guess_is_doubtful(series):
    guess = recognise(series("T2 tra", acquisition=times(10, 550)))

    assert guess.modality is Modality.T1
    assert guess.doubtful
    assert "though its description says 't2'" in guess.reason


def test_times_distinguish_the_two_echoes_of_one_description(series):
    for te, label in ((14, "proton density"), (95, "T2")):
        guess = recognise(series("PD+T2 TSE", acquisition=times(te, 3000)))

        assert guess.label == label
        assert not guess.doubtful


def test_an_inversion_time_distinguishes_a_stir_from_a_flair(series):
    for ti, label in ((2500, "FLAIR"), (150, "STIR")):
        guess = recognise(series("t2_tirm_tra", acquisition=times(80, 8000, ti, IR)))

        assert guess.label == label
        # TIRM alone means FLAIR in a head; a short TI contradicts that.
        assert guess.doubtful == (label == "STIR")


def test_what_an_enhanced_file_states_counts_as_its_name(series):
    for stated, label in (("FLUID_ATTENUATED", "FLAIR"), ("T1", "T1"), ("PERFUSION", "perfusion")):
        assert recognise(series("", acquisition={"stated_contrast": stated})).label == label


def test_the_header_of_the_agent_makes_t1c_where_no_word_says_so(series):
    guess = recognise(series("t1_se", acquisition={"agent": "Gadovist"}))

    assert guess.modality is Modality.T1C
    assert "the header names a contrast agent" in guess.reason


def test_words_before_injection_beat_an_agent_that_was_entered_for_the_whole_study(series):
    guess = recognise(series("t1 nativ", acquisition={"agent": "Gadovist"}))

    assert guess.modality is Modality.T1
    assert guess.doubtful
    assert "though the header names an agent" in guess.reason


def test_what_began_before_the_injection_is_without_agent(series):
    for started, modality in ((100.0, Modality.T1), (300.0, Modality.T1C)):
        one = series("t1_se", acquisition={"agent": "GD"}, started_s=started, injected_s=200.0)

        assert recognise(one).modality is modality


def test_contrast_agent_changes_no_flair_and_no_t2(series):
    for text, modality in (("FLAIR +C", Modality.FLAIR), ("T2 post gd", Modality.T2)):
        assert recognise(series(text, acquisition={"agent": "GD"})).modality is modality


ASIDE = [
    ({"kind": "CT"}, "not MR", "CT"),
    ({"kind": "SR"}, "report or picture", "SR"),
    ({"kind": "SEG"}, "segmentation", "labels"),
    ({"sop_class": "1.2.840.10008.5.1.4.1.1.7"}, "report or picture", "not an acquired image"),
    ({"body_part": "LSPINE"}, "another body part", "LSPINE"),
    ({"has_pixels": False}, "no pixel data", "export them"),
    ({"slices": 3}, "localiser", "only 3 slices"),
    ({"slices": 8, "spacing": (1.0, 1.0, 3.0)}, "part of the head", "24 mm"),
    ({"slices": 12, "spacing": (40.0, 40.0, 4.0)}, "another body part", "320 mm"),
    ({"repeats": 40}, "several volumes", "40 images"),
    ({"acquisition": {"image_type": ("DERIVED", "PRIMARY", "ADC")}}, "diffusion", "ADC"),
    ({"acquisition": {"image_type": ("ORIGINAL", "PRIMARY", "P")}}, "phase image", "P"),
    ({"acquisition": {"b_value": 1000.0}}, "diffusion", "1000"),
    ({"acquisition": {"angio": True}}, "angiogram", "angiogram"),
]


@pytest.mark.parametrize(("header", "label", "message"), ASIDE, ids=lambda v: str(v)[:40])
def test_what_is_no_sequence_of_ours_is_named_with_its_reason(series, header, label, message):
    guess = recognise(series("T2", **header))

    assert guess.modality is None
    assert guess.label == label
    assert message in guess.reason


def test_a_head_in_any_language_is_no_other_body_part(series):
    for message in ("HEAD", "Brain", "SCHAEDEL", "TÊTE", "cabeza", "HEAD_NECK", "unknown", ""):
        assert recognise(series("T2", body_part=message)).modality is Modality.T2, message
