"""The state after each event of the inference process."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ccsd_app.session.on_demand import Key, Kind
from ccsd_app.session.preparation import Preparation, Stage
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import Activity, ModelInfo, State
from ccsd_app.worker import protocol
from ccsd_app.worker.events import DegradedReceived, Event, ResultReceived, WorkerDied
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality


def state_after(state: State, event: Event) -> State:
    """The state after an event of the inference process."""
    match event:
        case protocol.ModelReady(name, sha256, device, training_cases, reference_scores, rules):
            info = ModelInfo(name, sha256, device, training_cases, reference_scores, rules)
            return state.with_model(info)
        case protocol.ProgressUpdate(_, what, done, total, subset):
            if state.stopped:
                return state
            return replace(state, activity=Activity(what, done, total, subset))
        case ResultReceived():
            return at_the_tumour(state, state.with_result(result_of(event)))
        case DegradedReceived(_, degradations, arrays):
            return _with_images(state, degradations, arrays)
        case protocol.Answer(_, kind, key, value):
            return state.with_answer(kind, key, value)
        case protocol.RequestFailed(_, kind, key, message):
            return _after_failed_request(state, kind, key, message)
        case protocol.Preparing():
            # a restarted process prepares again what the window already has
            running = state.stage is not Stage.DONE
            return replace(state, stage=Stage.RUNNING) if running else state
        case protocol.Prepared(_, made, adjustments):
            if state.stage is Stage.DONE or state.case is None:
                return state
            preparation = Preparation(
                state.case, made.prepared, adjustments, made.case, made.scanned
            )
            return state.prepared(preparation, made.case)
        case protocol.PreparationFailed(_, message):
            return _unprepared(state, message)
        case protocol.Notice(_, message):
            return state.with_problem(message)
        case protocol.Idle() | protocol.Stopped():
            return replace(state, activity=None)
        case protocol.Failed(None, message):
            state = replace(state, model_problem=message, activity=None, stopped=True)
            return state.with_problem(message)
        case protocol.Failed(_, message):
            return replace(state.reverted(), activity=None, stopped=True).with_problem(message)
        case WorkerDied(message, restarted):
            if restarted:
                return replace(state, activity=None).with_problem(message)
            if state.stage is Stage.RUNNING:
                return _unprepared(state, message)
            return replace(state.reverted(), activity=None, stopped=True).with_problem(message)


def _with_images(
    state: State, degradations: Degradations, arrays: Mapping[Modality, NDArray[np.float32]]
) -> State:
    original = state.original
    if original is None:
        return state
    volumes = {m: original.volumes[m].with_array(array) for m, array in arrays.items()}
    return state.degraded_to(degradations, volumes)


def result_of(event: ResultReceived) -> SubsetResult:
    """The result in an event."""
    message = event.message
    return SubsetResult(
        message.subset,
        event.nested_labels,
        message.offset_voxel,
        message.volumes_ml,
        message.dice,
        message.agreement,
        message.milliseconds,
    )


def _unprepared(state: State, message: str) -> State:
    """The raw case stays open without results."""
    state = replace(
        state, activity=None, stopped=True, stage=Stage.FAILED, preparation_problem=message
    )
    return state.with_problem(f"The case could not be prepared: {message}")


def _after_failed_request(state: State, kind: Kind[Any], key: Key, message: str) -> State:
    """Note the failure; for one subset also a message, as no panel shows the failure."""
    state = state.with_failed_request(kind, key, message)
    if key is None:
        return state
    what = kind.description(key)
    return state.with_problem(f"{what[:1].upper()}{what[1:]} could not be computed: {message}")


def at_the_tumour(before: State, state: State) -> State:
    """Move the crosshair to the tumour at a case's first result, unless the user has moved it."""
    result = state.result
    if before.shown is not None or result is None or before.case is None:
        return state
    if before.cursor_voxel != before.opened(before.case).cursor_voxel:
        return state
    point = result.middle_voxel
    return state if point is None else state.with_cursor(point)
