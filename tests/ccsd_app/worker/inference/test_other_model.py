"""A second model in the inference process computes what a comparison lacks."""

from dataclasses import replace
from pathlib import Path

from ccsd_app.session.on_demand import OTHER_MODEL, OtherModelKey
from ccsd_app.worker import protocol
from ccsd_app.worker.client import ResultReceived
from ccsd_core.domain.modality import ModalitySubset

FULL = ModalitySubset.full()
PAIR = ModalitySubset.parse("FLAIR+T1")
SECOND = OtherModelKey("second", "fedcba9876543210" * 4, "fake-second fedcba98", PAIR)


def opened(talk):
    chat = talk()
    chat.client.open(Path("p"))
    first = chat.until(ResultReceived)
    return chat, first


def test_the_other_model_computes_a_subset_beside_those_of_the_loaded_one(talk):
    chat, first = opened(talk)

    chat.client.request(OTHER_MODEL, SECOND)
    events = []
    while not (answers := [e for e in events if isinstance(e, protocol.Answer)]):
        events += chat.events_until_idle()
    (answer,) = answers

    assert (answer.kind, answer.key) == (OTHER_MODEL, SECOND)
    found = answer.value
    assert found.subset == PAIR
    assert found.volumes_ml.keys() == first.message.volumes_ml.keys()
    assert found.nested_labels.sum() > 0
    # the loaded model goes on with its own subsets
    own = {e.message.subset for e in events if isinstance(e, ResultReceived)}
    assert own | {first.message.subset} == set(ModalitySubset.every())


def test_it_is_loaded_and_encodes_the_case_only_once(talk):
    chat, _ = opened(talk)
    chat.events_until_idle()

    chat.client.request(OTHER_MODEL, SECOND)
    chat.until(protocol.Answer)
    first = [e.what for e in chat.events_until_idle() if isinstance(e, protocol.ProgressUpdate)]
    chat.client.request(OTHER_MODEL, replace(SECOND, subset=FULL))
    answer = chat.until(protocol.Answer)

    assert all(value == 1 for value in answer.value.agreement.values())
    again = [e.what for e in chat.events_until_idle() if isinstance(e, protocol.ProgressUpdate)]
    assert not [what for what in (*first, *again) if "encoding" in what]


def test_weights_that_are_others_by_now_are_refused_and_the_work_goes_on(talk):
    chat, _ = opened(talk)

    chat.client.request(OTHER_MODEL, replace(SECOND, sha256="a" * 64))
    failed = chat.until(protocol.RequestFailed)

    assert "no longer aaaaaaaa but fedcba98" in failed.message
    chat.client.request(OTHER_MODEL, SECOND)
    assert chat.until(protocol.Answer).value.subset == PAIR


def test_a_model_that_is_gone_is_an_answer_too(talk):
    chat, _ = opened(talk)

    chat.client.request(OTHER_MODEL, replace(SECOND, model="missing"))

    assert "choose another" in chat.until(protocol.RequestFailed).message
