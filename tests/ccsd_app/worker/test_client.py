"""The inference process and its client, with a real spawned process and a made-up predictor."""

import time
from pathlib import Path

import numpy as np
import pytest

from ccsd_app.session.on_demand import CRITICALITY, HD95, PROBABILITIES
from ccsd_app.worker import protocol
from ccsd_app.worker.events import ResultReceived, WorkerDied
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.cases.overrides import Channel

FULL = ModalitySubset.full()
PAIR = ModalitySubset.parse("FLAIR+T1")


def test_every_subset_comes_back_with_its_mask_and_numbers_the_full_set_first(talk, fake_worker):
    chat = talk()
    chat.client.open(Path("p"))

    ready = chat.until(protocol.ModelReady)
    results = chat.results_until_idle()

    assert ready.training_cases == {"seen", "other"}
    assert results[0].message.subset == FULL
    assert {r.message.subset for r in results} == set(ModalitySubset.every())
    for result in results:
        truth = fake_worker.regions(result.message.subset)
        for region in Region:
            mask = np.zeros(fake_worker.SHAPE, bool)
            box = tuple(
                slice(o, o + n)
                for o, n in zip(
                    result.message.offset_voxel, result.nested_labels.shape, strict=True
                )
            )
            mask[box] = result.nested_labels > region
            assert (mask == truth[region]).all()
            assert result.message.volumes_ml[region] == pytest.approx(truth[region].sum() * 0.008)
    full = results[0].message
    assert full.dice == full.agreement == dict.fromkeys(Region, 1.0)


def test_another_model_takes_the_place_of_the_first_and_computes_the_open_case(talk):
    chat = talk("slow-loading")
    chat.client.open(Path("p"))

    chat.client.start("good", "cpu")

    assert chat.until(protocol.ModelReady).name == "fake-good"
    assert len(chat.results_until_idle()) == len(ModalitySubset.every())
    assert not any(isinstance(event, WorkerDied) for event in chat.events)


def test_what_had_to_be_done_differently_is_noted_and_the_work_goes_on(talk):
    chat = talk("short")
    chat.client.open(Path("p"))

    assert chat.until(protocol.Notice).message == "memory ran short"
    assert len(chat.results_until_idle()) == len(ModalitySubset.every())


def test_a_model_that_does_not_nest_its_regions_is_shown_nested_and_that_is_reported(talk):
    chat = talk("not-nested")
    chat.client.open(Path("p"))

    assert str(chat.until(protocol.ModelReady).postprocess) == "threshold:ET=0.6"
    assert "does not nest regions, but the window does" in chat.until(protocol.Notice).message
    assert len(chat.results_until_idle()) == len(ModalitySubset.every())


def test_without_labels_there_is_agreement_but_no_dice(talk):
    chat = talk()
    chat.client.open(Path("p_FLAIR+T1C_unlabelled"))

    results = chat.results_until_idle()

    assert [str(r.message.subset) for r in results] == ["FLAIR+T1c", "FLAIR", "T1c"]
    assert all(r.message.dice is None for r in results)
    assert results[1].message.agreement[Region.ET] == 0.0


@pytest.fixture(scope="module")
def slow_chat(fake_worker, conversation_type):
    """One slow process for tests that end when it has stopped."""
    conversation = conversation_type("slow")
    yield conversation
    conversation.client.stop()


@pytest.mark.parametrize("wanted", ModalitySubset.every()[:-1], ids=str)
def test_the_newest_request_is_computed_before_all_others(slow_chat, wanted):
    chat = slow_chat
    chat.client.open(Path("p"))
    chat.until(ResultReceived)
    other = ModalitySubset.parse("T1") if str(wanted) != "T1" else ModalitySubset.parse("T2")

    chat.client.request_subset(other)
    chat.client.request_subset(wanted)

    before = [chat.until(ResultReceived).message.subset]
    while before[-1] != wanted:
        before.append(chat.until(ResultReceived).message.subset)
    assert len(before) <= 2  # one that was already being computed may still come first
    chat.client.cancel()
    chat.until(protocol.Stopped)
    chat.events.clear()


def test_a_cancel_stops_encoding_and_a_request_resumes_it(talk):
    chat = talk("endless-encode")
    chat.client.open(Path("p"))
    chat.until(protocol.ProgressUpdate, lambda w: w.what.startswith("encoding"))

    chat.client.cancel()
    chat.until(protocol.Stopped)
    assert not chat.events

    chat.client.request_subset(FULL)
    chat.until(protocol.ProgressUpdate, lambda w: w.what.startswith("encoding"))


def test_a_cancel_is_acknowledged_in_the_middle_of_a_block(talk):
    chat = talk("one-block-encode")
    chat.client.open(Path("p"))
    chat.until(protocol.ProgressUpdate, lambda event: event.what == "reading the case")
    time.sleep(0.5)
    begun = time.monotonic()
    chat.client.cancel()
    chat.until(protocol.Stopped)
    assert time.monotonic() - begun < 30  # the block takes 60 s
    assert not [event for event in chat.events if isinstance(event, ResultReceived)]


def test_a_cancel_is_acknowledged_while_files_are_read(talk):
    chat = talk()
    chat.until(protocol.ModelReady)
    chat.client.open(Path("slow-reading"))
    chat.until(protocol.ProgressUpdate, lambda event: event.what == "reading the case")
    begun = time.monotonic()
    chat.client.cancel()
    chat.until(protocol.Stopped)
    assert time.monotonic() - begun < 2.5  # reading takes 3 s


def test_a_cancel_is_acknowledged_while_the_model_is_loaded(talk):
    chat = talk("slow-loading")
    chat.client.open(Path("p"))
    chat.client.cancel()
    chat.until(protocol.Stopped)
    assert not any(isinstance(event, protocol.ModelReady) for event in chat.events)
    chat.until(protocol.ModelReady)  # what is loaded stays wanted
    time.sleep(0.5)
    assert not chat.events
    assert chat.nothing_waits()
    chat.client.request_subset(FULL)
    assert chat.results_until_idle()


def test_a_newer_request_aborts_the_current_block_which_is_done_later(talk, tmp_path):
    log = tmp_path / "begun"
    chat = talk(f"endless:{log}")
    chat.client.open(Path("p_FLAIR+T1"))
    begun = chat.until(
        protocol.ProgressUpdate, lambda event: event.subset not in (None, PAIR)
    ).subset
    while not log.exists():
        time.sleep(0.01)
    (other,) = (s for s in PAIR.subsets() if s not in (begun, PAIR))

    chat.client.request_subset(begun)  # nothing newer in this: it goes on
    time.sleep(0.3)
    chat.client.request_subset(other)
    chat.until(protocol.ProgressUpdate, lambda event: event.subset == other)
    while len(log.read_text().split()) < 2:
        time.sleep(0.01)

    assert log.read_text().split() == [str(begun), str(other)]
    chat.client.cancel()
    chat.until(protocol.Stopped)


def test_another_case_gives_up_the_block_at_hand(talk):
    chat = talk("one-block-encode")
    chat.client.open(Path("p"))
    chat.until(protocol.ProgressUpdate, lambda event: event.what == "reading the case")
    time.sleep(0.3)
    chat.client.open(Path("unreadable"))
    assert "unreadable" in chat.until(protocol.Failed).message


def test_a_cancel_that_is_not_answered_ends_the_process_and_a_request_works_again(talk, tmp_path):
    stuck = tmp_path / "stuck"
    chat = talk(f"stuck-encode:{stuck}", cancel_timeout_s=0.2)
    chat.client.open(Path("p"))
    while not stuck.exists():
        time.sleep(0.01)
    chat.until(protocol.ModelReady)

    chat.client.cancel()
    chat.until(protocol.Stopped)
    chat.until(protocol.ModelReady)

    chat.client.request_subset(FULL)
    chat.until(protocol.ProgressUpdate)


def test_nothing_is_received_of_a_case_that_is_no_longer_open(talk):
    chat = talk()
    chat.until(protocol.ModelReady)
    chat.client.open(Path("p_T1+T2"))
    chat.leave_unheard(10)  # reading, two encodings, three times working and finished, idle

    chat.client.open(Path("q_FLAIR+T1c"))
    results = chat.results_until_idle()

    assert {str(r.message.subset) for r in results} == {"FLAIR+T1c", "FLAIR", "T1c"}


def test_a_crash_is_a_message_and_the_work_goes_on_in_a_new_process(talk, tmp_path):
    chat = talk(f"crash-once:{tmp_path / 'crashed'}")
    chat.client.open(Path("p"))

    died = chat.until(WorkerDied)
    results = chat.results_until_idle()

    assert died.restarted
    assert "exit code 3" in died.message
    assert len(results) == 15


def is_encoding(event) -> bool:
    return isinstance(event, protocol.ProgressUpdate) and event.subset is None


def is_decoding(event) -> bool:
    return isinstance(event, protocol.ProgressUpdate) and event.subset is not None


MOMENTS = {
    "while it starts": (),
    "while it encodes": (protocol.ProgressUpdate, is_encoding),
    "while it decodes": (protocol.ProgressUpdate, is_decoding),
    "while it answers": (ResultReceived,),
    "while it is idle": (protocol.Idle,),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_process_killed_at_any_moment_is_started_again_and_no_result_is_lost(talk, moment):
    chat = talk()
    chat.client.open(Path("p"))
    if MOMENTS[moment]:
        chat.until(*MOMENTS[moment])
    chat.client._connection._process.kill()

    died = chat.until(WorkerDied)
    chat.until(protocol.Idle)

    assert died.restarted
    assert "signal 9" in died.message
    assert chat.client._opened.done == set(ModalitySubset.every())


def test_adjustments_survive_a_crash(talk, tmp_path):
    chat = talk(f"crash-once:{tmp_path / 'crashed'}")
    channel = Channel(Path("/data/p.nii"), 1)
    unused = {Modality.FLAIR: None, Modality.T1: None, "labels": None}
    chat.client.open(Path("p"), {**unused, Modality.T2: channel})

    assert chat.until(WorkerDied).restarted
    results = chat.results_until_idle()

    assert {str(r.message.subset) for r in results} == {"T1c+T2", "T1c", "T2"}


def test_two_crashes_in_a_row_stop_the_work_until_it_is_asked_for_again(talk):
    chat = talk("crash")
    chat.client.open(Path("p"))

    assert chat.until(WorkerDied).restarted
    given_up = chat.until(WorkerDied)
    assert not given_up.restarted
    assert "\n" not in given_up.message
    assert not chat.client.running

    chat.client.request_subset(FULL)
    assert chat.until(WorkerDied).restarted


def test_running_out_of_memory_is_reported_and_known_subsets_are_not_computed_again(talk):
    chat = talk("oom")
    chat.client.open(Path("p"))

    assert chat.until(ResultReceived).message.subset == FULL
    assert "out of memory" in chat.until(WorkerDied).message


def test_the_user_s_own_limit_is_named_where_memory_ran_out(talk):
    chat = talk("oom", limits=protocol.Limits(memory_mb=4000))
    chat.client.open(Path("p"))

    ended = chat.until(WorkerDied).message

    assert "out of memory (Preferences limit the inference process to 4000 MB of memory)" in ended


def test_a_process_that_lost_the_gpu_says_so_ends_and_is_started_again(talk):
    """Whatever it computed next would fail, too: its context is dead."""
    chat = talk("lost-gpu")
    chat.client.open(Path("p"))

    assert chat.until(ResultReceived).message.subset == FULL
    died = chat.until(WorkerDied)

    assert died.restarted
    assert "lost the GPU (CUDA error: unspecified launch failure)" in died.message


def test_a_model_that_cannot_be_loaded_is_one_line_and_the_process_stays(talk):
    chat = talk("missing")
    chat.client.open(Path("p"))

    failed = chat.until(protocol.Failed)

    assert failed.generation is None
    assert failed.message == "there is no model 'missing': choose another"
    assert chat.client.running


def test_a_case_that_cannot_be_read_is_one_line_and_the_next_one_works(talk):
    chat = talk()
    chat.client.open(Path("unreadable"))
    assert "choose another folder" in chat.until(protocol.Failed).message

    chat.client.open(Path("p_T1"))
    assert chat.until(ResultReceived).message.subset == ModalitySubset.parse("T1")


def test_a_bug_in_the_network_is_one_line_and_other_subsets_can_still_be_had(talk, capfd):
    chat = talk("bug")
    chat.client.open(Path("p"))

    failed = chat.until(protocol.Failed)

    assert failed.message == "inference failed: ValueError: a number"
    assert chat.client.running


@pytest.mark.parametrize("model", ["map-bug", "map-memory"])
def test_probabilities_that_fail_are_one_line_and_all_else_goes_on(talk, model):
    chat = talk(model)
    chat.client.open(Path("p"))
    chat.until(ResultReceived)

    chat.client.request(PROBABILITIES, FULL)
    failed = chat.until(protocol.RequestFailed)
    assert (failed.kind, failed.key) == (PROBABILITIES, FULL)
    assert "\n" not in failed.message
    chat.client.request(PROBABILITIES, PAIR)
    assert chat.until(protocol.Answer).key == PAIR

    events = chat.events_until_idle()
    assert not [one for one in events if isinstance(one, protocol.RequestFailed | protocol.Failed)]
    chat.client.cancel()
    chat.client.request_subset(FULL)
    again = chat.events_until_idle()
    assert not [one for one in again if isinstance(one, protocol.RequestFailed)]


def test_every_subset_comes_also_where_memory_ran_out_for_a_picture(talk):
    chat = talk("map-memory")
    chat.client.open(Path("p"))
    first = chat.until(ResultReceived)
    chat.client.request(PROBABILITIES, FULL)

    found = [first, *chat.results_until_idle()]

    assert {r.message.subset for r in found} == set(ModalitySubset.every())


def at_a_map_that_takes_a_minute(talk, tmp_path):
    """A conversation whose process computes probabilities, and where it notes each beginning."""
    log = tmp_path / "maps"
    chat = talk(f"endless-map:{log}")
    chat.client.open(Path("p"))
    chat.until(ResultReceived)
    chat.client.request(PROBABILITIES, FULL)
    while not log.exists():
        time.sleep(0.01)
    return chat, log


def test_a_subset_that_is_wanted_does_not_wait_for_probabilities(talk, tmp_path):
    chat, log = at_a_map_that_takes_a_minute(talk, tmp_path)

    wanted = ModalitySubset.parse("T1")
    chat.client.request_subset(wanted)
    chat.until(ResultReceived, lambda event: event.message.subset == wanted)  # a map takes a minute
    while log.read_text() != "begun begun ":  # they are not forgotten
        time.sleep(0.01)
    chat.client.cancel()
    chat.until(protocol.Stopped)


def test_newer_probabilities_replace_those_at_hand(talk, tmp_path):
    chat, log = at_a_map_that_takes_a_minute(talk, tmp_path)

    chat.client.request(PROBABILITIES, PAIR)

    assert chat.until(protocol.Answer).key == PAIR
    assert chat.results_until_idle()
    assert log.read_text() == "begun "


def test_probabilities_are_reported_as_work_and_can_be_cancelled(talk, tmp_path):
    log = tmp_path / "maps"
    chat = talk(f"endless-map:{log}")
    chat.client.open(Path("p"))
    chat.until(ResultReceived)
    chat.client.request(PROBABILITIES, FULL)
    working = chat.until(protocol.ProgressUpdate, lambda event: "probabilities" in event.what)
    assert FULL.label in working.what
    while not log.exists():
        time.sleep(0.01)

    chat.client.cancel()
    chat.until(protocol.Stopped)

    time.sleep(0.5)
    assert not [
        event for event in chat.events if isinstance(event, protocol.Answer | ResultReceived)
    ]


@pytest.mark.parametrize("name", ["p", "p_FLAIR+T2_unlabelled"])
def test_criticality_comes_with_its_path_and_says_against_what(talk, name):
    chat = talk()
    chat.client.open(Path(name))
    whole = chat.until(ResultReceived).message.subset

    chat.client.request(CRITICALITY)

    found = chat.until(protocol.Answer).value
    assert set(found.cosine) == set(found.gradient) == set(whole)
    assert found.path[0] == whole
    assert found.against_expert is (name == "p")


def test_criticality_that_fails_is_one_line_and_all_subsets_come(talk):
    chat = talk("critical-bug")
    chat.client.open(Path("p"))
    first = chat.until(ResultReceived)
    chat.client.request(CRITICALITY)

    events = chat.events_until_idle()

    (failed,) = [one for one in events if isinstance(one, protocol.RequestFailed)]
    assert failed.message == "it does not fit: close other programs"
    found = [first, *(one for one in events if isinstance(one, ResultReceived))]
    assert len(found) == len(ModalitySubset.every())  # none twice: the encoding was kept


def test_a_subset_that_is_wanted_does_not_wait_for_criticality(talk, tmp_path):
    log = tmp_path / "log"
    chat = talk(f"endless-criticality:{log}")
    chat.client.open(Path("p"))
    chat.until(ResultReceived)
    chat.client.request(CRITICALITY)
    while not log.exists():
        time.sleep(0.01)
    known = {n.message.subset for n in chat.events if isinstance(n, ResultReceived)} | {FULL}
    wanted = next(s for s in ModalitySubset.every() if s not in known)

    chat.client.request_subset(wanted)
    chat.until(
        ResultReceived, lambda event: event.message.subset == wanted
    )  # criticality takes minutes
    chat.client.cancel()
    chat.until(protocol.Stopped)


def test_distances_are_those_of_the_evaluation(talk, fake_worker):
    from ccsd_core.evaluation.metrics.registry import ReferenceRegions, choose_metrics, measure

    metrics = [m for m in choose_metrics(hd95_empty="nan") if m.name == "hd95_mm"]
    truth = ReferenceRegions.of(fake_worker.regions(FULL), spacing_mm=(2.0, 2.0, 2.0))
    chat = talk()
    chat.client.open(Path("p"))
    chat.results_until_idle()
    for subset in ModalitySubset.every():
        chat.client.request(HD95, subset)
        found = chat.until(protocol.Answer).value

        wanted = measure(fake_worker.regions(subset), truth, metrics=metrics)
        expected = {region: value for _, region, value in wanted}
        assert found == pytest.approx(expected, nan_ok=True), subset


def test_distances_without_labels_are_refused_in_one_line(talk):
    chat = talk()
    chat.client.open(Path("p_T1_unlabelled"))
    subset = chat.until(ResultReceived).message.subset

    chat.client.request(HD95, subset)

    assert "no expert labels" in chat.until(protocol.RequestFailed).message


def in_deaf_work(chat, mark: Path) -> None:
    """The process computes something that hears nothing."""
    chat.until(ResultReceived)
    chat.client.request(CRITICALITY)
    while not mark.exists():
        time.sleep(0.01)


@pytest.mark.parametrize("what", ["subset", "aside", "case"])
def test_what_is_wanted_after_a_cancel_that_is_not_acknowledged_comes_all_the_same(
    talk, tmp_path, what
):
    chat = talk(f"deaf:{tmp_path / 'deaf'}", cancel_timeout_s=0.3)
    chat.client.open(Path("p_FLAIR+T1"))
    in_deaf_work(chat, tmp_path / "deaf")

    chat.client.cancel()
    if what == "subset":
        chat.client.request_subset(ModalitySubset.parse("T1"))
    elif what == "aside":
        chat.client.request(PROBABILITIES, PAIR)
    else:
        chat.client.open(Path("q_T1C"))

    if what == "subset":
        chat.until(ResultReceived, lambda event: event.message.subset == ModalitySubset.parse("T1"))
    elif what == "aside":
        assert chat.until(protocol.Answer).key == PAIR
    else:
        only = ModalitySubset.parse("T1C")
        chat.until(ResultReceived, lambda event: event.message.subset == only)


def test_a_cancel_that_is_not_answered_computes_nothing_by_itself(talk, tmp_path):
    chat = talk(f"deaf:{tmp_path / 'deaf'}", cancel_timeout_s=0.3)
    chat.client.open(Path("p_FLAIR+T1"))
    in_deaf_work(chat, tmp_path / "deaf")
    chat.events.clear()

    chat.client.cancel()
    chat.until(protocol.Stopped)
    chat.until(protocol.ModelReady)

    time.sleep(0.5)
    assert chat.nothing_waits()


def test_what_ends_the_process_is_not_asked_of_the_next_one(talk):
    chat = talk("critical-crash")
    chat.client.open(Path("p"))
    chat.until(ResultReceived)
    chat.client.request(CRITICALITY)

    assert chat.until(WorkerDied).restarted
    failed = chat.until(protocol.RequestFailed)
    assert failed.kind == CRITICALITY
    assert "exit code 3" in failed.message
    events = chat.events_until_idle()
    assert not [one for one in events if isinstance(one, WorkerDied)]

    chat.client.request(CRITICALITY)  # tried again, it ends the new process, which is the second
    died = chat.until(WorkerDied)
    while died.restarted:  # other subsets may have come in between
        chat.events_until_idle()
        chat.client.request(CRITICALITY)
        died = chat.until(WorkerDied)
    assert not chat.client.running
    chat.client.request(PROBABILITIES, FULL)  # asking for something starts it again
    assert chat.until(protocol.Answer, lambda e: e.kind == PROBABILITIES).key == FULL


def test_what_was_wanted_besides_of_the_case_before_is_forgotten(talk, tmp_path):
    chat, log = at_a_map_that_takes_a_minute(talk, tmp_path)

    chat.client.open(Path("q_T1+T2"))

    events = chat.events_until_idle()
    assert not [one for one in events if isinstance(one, protocol.Answer | protocol.RequestFailed)]
    assert log.read_text() == "begun "


def test_a_new_kind_of_result_is_a_function_and_an_entry_of_the_inference_process(
    talk, fake_worker
):
    chat = talk()
    chat.client.open(Path("p"))
    chat.until(ResultReceived)

    chat.client.request(fake_worker.VOXELS, PAIR)

    answer = chat.until(protocol.Answer)
    assert (answer.kind, answer.key) == (fake_worker.VOXELS, PAIR)
    assert answer.value["regions"] == fake_worker.regions(PAIR).sum(axis=(1, 2, 3)).tolist()


def test_stopping_leaves_no_process(talk):
    import multiprocessing

    others = set(multiprocessing.active_children())
    chat = talk("slow")
    chat.client.open(Path("p"))
    chat.until(ResultReceived)

    assert len(multiprocessing.active_children()) == len(others) + 1

    chat.client.stop()

    assert set(multiprocessing.active_children()) == others


def test_results_come_through_a_file_when_shared_memory_is_full(fake_worker, monkeypatch):
    from ccsd_app.worker import shared_array

    monkeypatch.setattr(shared_array, "SPARE_BYTES", 1 << 60)
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)

    sent = shared_array.share_array(array)

    assert sent.file
    assert not sent.memory
    assert (shared_array.fetch_array(sent) == array).all()
    assert not Path(sent.file).exists()


def test_results_that_arrived_while_the_thread_was_busy_come_together(talk):
    chat = talk()
    chat.until(protocol.ModelReady)
    chat.client.open(Path("p_FLAIR+T1c"))
    chat.leave_unheard(10)  # reading, two encodings, three times working and finished, idle

    results = chat.results_until_idle()

    assert len(results) == 3
    assert chat.together[-2:] == [9, 1]  # the last one is `Idle`
