"""The texts and tables of a report are those of the state."""

from dataclasses import replace
from statistics import fmean

import pytest

from ccsd_app.export.report import cover_table, report, report_subsets
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import VolumeIntervals, interval_text
from ccsd_core.domain.volume_text import ml_text

FULL, PAIR = ModalitySubset.full(), ModalitySubset.parse("FLAIR+T2")


def test_the_current_subset_stands_beside_all_sequences(full_state):
    shown = report(full_state.using(PAIR))

    assert shown.subsets == (FULL, PAIR)
    assert shown.inputs == ("FLAIR, T1, T1c, T2", "FLAIR, T2 · T1, T1c withheld")
    for subset, rows in ((FULL, shown.regions.rows[:3]), (PAIR, shown.regions.rows[3:])):
        result = full_state.results[subset]
        for region, row in zip(Region, rows, strict=True):
            volume, score = ml_text(result.volumes_ml[region]), f"{result.dice[region]:.3f}"
            assert row == (subset.label, region.name, volume, score)


def test_beside_all_sequences_stands_the_worst_with_one_less(full_state):
    fewer = FULL.of_size(3)
    worst = min(fewer, key=lambda s: sum(full_state.results[s].dice.values()))

    assert report_subsets(full_state.using(FULL)) == (FULL, worst)


def test_only_what_is_computed_is_reported(phantom_state, fake_results):
    state = phantom_state.with_result(fake_results(FULL))

    shown = report(state)

    assert shown.subsets == (FULL,)
    assert [row[0] for row in shown.every_subset.rows] == [FULL.label]


def test_every_computed_subset_has_its_numbers(full_state):
    rows = report(full_state).every_subset.rows

    assert [row[0] for row in rows] == [s.label for s in ModalitySubset.every()]
    for subset, row in zip(ModalitySubset.every(), rows, strict=True):
        result = full_state.results[subset]
        assert row[1:4] == tuple(ml_text(result.volumes_ml[r]) for r in Region)
        assert row[4:] == tuple(f"{result.dice[r]:.3f}" for r in Region)


def test_intervals_have_a_column_where_they_are_known(full_state):
    widths = {s: dict.fromkeys(Region, 1.5) for s in ModalitySubset.every()}
    volumes = VolumeIntervals(0.9, 14, widths, dict.fromkeys(Region, 0.9))
    means = {s: dict.fromkeys(Region, 0.4) for s in ModalitySubset.every()}
    scores = ReferenceScores(14, True, means, volumes=volumes)
    model = replace(full_state.model, reference_scores=scores, training_cases=frozenset())

    shown = report(replace(full_state, model=model).using(PAIR))

    assert shown.regions.headings == ("Sequences", "Region", "mL", "90 % interval", "Dice")
    for row in shown.regions.rows:
        result = full_state.results[ModalitySubset.parse(row[0])]
        volume = result.volumes_ml[Region.parse(row[1])]
        subset, region = result.subset, Region.parse(row[1])
        ends = volumes.interval_ml(volume, subset=subset, region=region)
        assert row[3] == interval_text(*ends)
    assert "14 patients" in shown.regions.note
    assert any("performs poorly" in remark for remark in shown.remarks)
    assert "90 % interval" not in report(full_state).regions.headings


def test_what_to_add_next_and_what_each_sequence_is_worth(full_state):
    shown = report(full_state.using(PAIR))

    assert {row[0] for row in shown.next_sequences.rows} == {"T1", "T1c"}
    assert [row[0] for row in shown.criticality.rows] == [m.label for m in Modality]
    t1c = next(row for row in shown.next_sequences.rows if row[:2] == ("T1c", "here"))
    more, now = full_state.results[PAIR.toggled(Modality.T1C)], full_state.results[PAIR]
    gain = more.dice[Region.WT] - now.dice[Region.WT]
    assert float(t1c[2].replace("−", "-")) == pytest.approx(gain, abs=0.005)
    gains = [float(text.replace("−", "-")) for text in t1c[2:5]]
    per_minute = fmean(gains) / full_state.scan_minutes[Modality.T1C]
    assert float(t1c[5].replace("−", "-")) == pytest.approx(per_minute, abs=0.002)


def test_it_says_which_model_made_it(full_state):
    lines = report(full_state).provenance

    assert f"model: {full_state.model.name}" in lines
    assert f"model sha256: {full_state.model.sha256}" in lines


def test_a_cover_has_one_row_for_each_case(full_state):
    rows = cover_table([report(full_state), report(full_state.using(PAIR))]).rows

    assert [row[0] for row in rows] == [full_state.case.id] * 2
    volumes = full_state.full_result.volumes_ml
    assert rows[1][2] == " / ".join(ml_text(volumes[region]) for region in Region)
