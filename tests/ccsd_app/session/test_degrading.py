"""Degrading in the state: which results belong to which images, and what comes back."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.session.history import History
from ccsd_app.session.on_demand import CRITICALITY, HD95, Criticality
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
NOISE = Degradations.parse(["T1c:noise=3"])
BLUR = Degradations.parse(["T2:blur=3"])


def volumes(state, degradations: Degradations):
    original = state.original
    return {
        m: original.volumes[m].with_array(original.volumes[m].array + np.float32(9))
        for m in degradations.sequences
    }


def applied(state, degradations: Degradations):
    """The state after the inference process has made the images."""
    asked = state.degrading(degradations)
    return asked.degraded_to(degradations, volumes(asked, degradations))


def test_results_without_a_degraded_sequence_stay_and_the_others_go(full_state):
    state = applied(full_state, NOISE)

    assert state.applied == NOISE
    assert state.shown is None  # its result is not computed yet
    assert state.results.keys() == {s for s in ModalitySubset.every() if Modality.T1C not in s}
    assert all(state.results[s] is full_state.results[s] for s in state.results)
    assert state.full_result is full_state.results[FULL]  # agreement stays with the clean images
    assert state.case.volumes[Modality.T1C] is not full_state.case.volumes[Modality.T1C]
    assert state.case.volumes[Modality.T2] is full_state.case.volumes[Modality.T2]
    assert state.original is full_state.case


def test_until_the_images_are_there_the_old_pair_of_image_and_result_stays(full_state):
    asked = full_state.degrading(NOISE)

    assert asked.waiting
    assert asked.result is full_state.result
    assert asked.case is full_state.case
    assert asked.reverted() == full_state


def test_a_reset_brings_the_very_case_and_results_back_at_once(full_state, fake_results):
    noisy = applied(full_state, NOISE).with_result(fake_results(FULL))

    back = noisy.degrading(Degradations())

    assert back.case is full_state.case
    assert back.undegraded is None
    assert all(back.results[s] is full_state.results[s] for s in ModalitySubset.every())
    again = applied(back, NOISE)
    assert again.result is noisy.results[FULL]  # computed before


def test_from_one_degradation_to_another_no_result_of_the_first_is_left(full_state, fake_results):
    noisy = applied(full_state, NOISE).with_result(fake_results(FULL))

    blurred = applied(noisy, BLUR)

    assert FULL not in blurred.results
    assert blurred.results.keys() == {s for s in ModalitySubset.every() if Modality.T2 not in s}
    assert all(blurred.results[s] is full_state.results[s] for s in blurred.results)
    assert blurred.case.volumes[Modality.T1C] is full_state.case.volumes[Modality.T1C]
    assert blurred.known_of(Degradations()) == frozenset(ModalitySubset.every())
    assert blurred.known_of(NOISE) >= {FULL, NO_T1C}


def test_what_is_known_beforehand_is_what_is_there_afterwards(full_state, fake_results):
    noisy = applied(full_state, NOISE).with_result(fake_results(FULL))
    for state in (full_state, noisy):
        for degradations in (NOISE, BLUR, Degradations()):
            assert state.known_of(degradations) == set(applied(state, degradations).results)


def test_what_panels_asked_for_is_of_other_images_and_goes(full_state):
    measured = full_state.with_answer(CRITICALITY, None, Criticality({}, {}, (), True))
    measured = measured.with_answer(HD95, FULL, {})

    state = applied(measured, NOISE)

    assert state.on_demand.value(CRITICALITY) is None
    assert state.on_demand.value(HD95, FULL) is None


def test_results_of_an_earlier_time_are_shown_with_their_images(full_state, fake_results):
    stored = fake_results(FULL)
    asked = full_state.degrading(NOISE).with_stored(NOISE, {FULL: stored})

    assert asked.results[FULL] is full_state.results[FULL]
    assert asked.degraded_to(NOISE, volumes(asked, NOISE)).result is stored


def test_another_case_begins_undegraded(full_state, fake_worker):
    opened = applied(full_state, NOISE).opened(fake_worker.phantom("other", FULL))

    assert not opened.degradations
    assert not opened.applied
    assert opened.undegraded is None
    assert not opened.results_by_degradation


def test_undo_names_what_was_done_and_takes_it_back(full_state):
    history, state, now = History(), full_state, 0.0
    names = []
    for text in (["T1c:dose=5"], ["T1c:dose=5", "T1c:noise=2"], ["T1c:dose=5"], []):
        wanted = state.degrading(Degradations.parse(text))
        now += 10
        history = history.recorded(state, wanted, now_s=now)
        state = applied(wanted, wanted.degradations) if wanted.degradations else wanted
        history = history.recorded(wanted, state, now_s=now)
        names.append(history.undo_name)

    assert names == [
        "degrade T1c: dose 0 %",
        "degrade T1c: noise 6 %",
        "reset noise of T1c",
        "reset contrast dose of T1c",
    ]
    history, state = history.undone(state)
    assert str(state.degradations) == "T1c:dose=5"
    history, state = history.undone(state)
    assert str(state.degradations) == "T1c:dose=5, T1c:noise=2"
    _, state = history.redone(state)
    assert str(state.degradations) == "T1c:dose=5"


def test_one_slider_moved_in_bursts_is_one_step_and_another_is_the_next(full_state):
    history, state = History(), full_state
    for at, text in enumerate(("T1c:noise=1", "T1c:noise=2", "T1c:blur=1")):
        wanted = state.degrading(Degradations.parse([*map(str, state.degradations.entries), text]))
        history = history.recorded(state, wanted, now_s=at * 0.5)
        state = wanted

    assert [step.name for step in history.past] == [
        "degrade T1c: noise 6 %",
        "degrade T1c: blur 2 mm",
    ]


def test_a_bookmark_brings_back_the_degradations_that_it_was_made_with(full_state):
    noisy = applied(full_state, NOISE)
    of_noise, of_images = noisy.bookmark("noise"), full_state.bookmark("as they are")

    assert full_state.at_bookmark(of_noise).degradations == NOISE
    back = noisy.at_bookmark(of_images)
    assert not back.degradations
    assert back.results == full_state.results
    assert noisy.at_bookmark(of_noise).results is noisy.results
    assert not noisy.at_bookmark(replace(of_images, on_scanned=True)).degradations


@pytest.mark.parametrize("empty", [True, False])
def test_without_a_case_nothing_is_degraded(phantom_state, empty):
    state = replace(phantom_state, case=None) if empty else phantom_state
    assert bool(state.degrading(NOISE).degradations) is not empty
