"""The steps of a path in words: what is said of one that has no number."""

from dataclasses import replace

import pytest

from ccsd_app.session.guess import Guess
from ccsd_app.session.hidden import without_hidden
from ccsd_app.viewmodel.panels.path_steps import path_steps, step_text
from ccsd_app.viewmodel.panels.paths import PathKind, case_path
from ccsd_core.distillation.path import path_in_order
from ccsd_core.domain.modality import Modality, ModalitySubset

FULL = ModalitySubset.full()
PATH = path_in_order(list(Modality))
WORDS = ["computing…", "not computed (stopped)", "hidden until you guess"]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("late", PATH[1:])
def test_a_step_without_a_number_says_why(full_state, late, words):
    known = {s: result for s, result in full_state.results.items() if s != late}
    state = replace(full_state, results=known, stopped="stopped" in words)
    if "hidden" in words:
        guess = Guess(on=True, revealed=frozenset(ModalitySubset.every()) - {late})
        state = without_hidden(replace(full_state, guess=guess))
    path = case_path(PathKind.MOST_CRITICAL, state, seed=1, cosine_path=PATH)

    hints = {step.subset: step.hint for step in path_steps(path, state)}

    assert hints[late] == f"{late.label}: {words}"
    assert all(": " in hint and words not in hint for s, hint in hints.items() if s != late)
    assert step_text(path, state.using(late), playing=False) == f"{late.label}: {words}"
