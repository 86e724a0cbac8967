"""What the training dialog says of a run, and the curves it draws."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from ccsd_app.engine.training.run_reader import TrainingRun
from ccsd_app.viewmodel.training.run_view import run_curves, run_view
from ccsd_core.domain.region import Region
from ccsd_core.training.run.run_status import RunState, RunStatus

RUNNING = RunStatus(RunState.RUNNING, done=100, total=400, what="loss 1.2", step_s=6.0)
RUN = TrainingRun(Path("run"), name="mine", steps=400, status=RUNNING, resumable=True)


def with_state(state: RunState, **changes: object) -> TrainingRun:
    return replace(RUN, status=replace(RUNNING, state=state), **changes)


def test_a_running_run_shows_step_speed_and_time_left_and_can_be_stopped():
    view = run_view(RUN)

    assert view.detail == "Step 100 of 400 · 6 s per step · about 30 min left · loss 1.2"
    assert (view.state, view.fraction) == ("Running", 0.25)
    assert (view.can_stop, view.can_resume, view.can_use) == (True, False, False)
    assert not run_view(replace(RUN, has_model=True)).can_use  # its files change meanwhile
    stopping = run_view(replace(RUN, stopping=True))
    assert not stopping.can_stop
    assert "left" not in stopping.detail


def test_while_cases_are_opened_no_time_left_is_claimed():
    opening = replace(RUNNING, done=3, total=12, what="opening P3")

    assert run_view(replace(RUN, status=opening)).detail == "Opening P3"


@pytest.mark.parametrize(
    ("state", "resume"),
    [(RunState.FINISHED, False), (RunState.STOPPED, True), (RunState.FAILED, True)],
)
def test_what_can_be_done_with_a_run_that_has_ended(state, resume):
    validation = {"step": [1.0], "mean": [0.5]}
    view = run_view(with_state(state, has_model=True, validation=validation))

    assert (view.running, view.can_stop) == (False, False)
    assert (view.can_resume, view.can_use, view.can_compare) == (resume, True, True)
    assert not run_view(with_state(state, has_model=True)).can_compare
    assert not run_view(with_state(state, resumable=False)).can_resume


def test_a_run_whose_folder_cannot_be_locked_is_not_claimed_to_run():
    assert "or ended" in run_view(with_state(RunState.UNKNOWN)).state


def test_the_loss_and_its_terms_are_drawn_without_those_that_are_not_used():
    metrics = {
        "step": [1.0, 2.0],
        "loss": [3.0, 1.0],
        "hmsd": [0.5, 0.1],
        "ranking": [0.0, 0.0],
        "criticality_FLAIR": [0.2, math.nan],
        "criticality_T2": [math.nan, math.nan],
    }
    curves = run_curves(replace(RUN, metrics=metrics))

    assert [curve.name for curve in curves.loss] == ["total (weighted)", "HMSD"]
    assert curves.loss[0].points == ((1.0, 2.0), (3.0, 2.0))
    assert [(c.name, c.points[1]) for c in curves.criticality] == [("FLAIR", (0.2, 0.2))]


def test_the_newest_validation_is_drawn_and_dashed_the_best_if_it_is_another():
    columns = {f"D{k}_{r.name}": [0.1 * k, 0.05 * k] for k in range(1, 5) for r in Region}
    curves = run_curves(
        replace(RUN, validation={"step": [10.0, 20.0], "mean": [0.25, 0.12], **columns})
    )

    assert curves.robustness_title == "step 20; dashed: the best, step 10"
    assert [curve.dashed for curve in curves.robustness] == [False] * 3 + [True] * 3
    assert curves.robustness[0].points[1] == pytest.approx((0.05, 0.1, 0.15, 0.2))
    assert [c.name for c in curves.validation][:2] == ["mean", "1 sequence"]
    assert curves.validation[4].points[1] == pytest.approx((0.4, 0.2))
    assert run_curves(RUN).robustness == ()
    better = run_curves(
        replace(RUN, validation={"step": [10.0, 20.0], "mean": [0.1, 0.2], **columns})
    )
    assert (better.robustness_title, len(better.robustness)) == ("step 20", 3)
