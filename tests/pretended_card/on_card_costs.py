"""What a step and a subset ask of the card: waits, copies, kernels, memory."""

import gc

import pytest
import torch

from ccsd_core.data.loading import StepBatch
from ccsd_core.data.synthetic import write_cases
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference import encoded_tiles
from ccsd_core.inference.predictor import Predictor
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.models.manifest import Manifest
from ccsd_core.training.step import optimiser_step
from tests.pretended_card.on_card_training import batch, config, state_of

PAIR = ModalitySubset.parse("FLAIR+T2")


@pytest.fixture(scope="session")
def case(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("cases")
    return load_case(drain(write_cases(folder, count=1, seed=11, spacing_mm=4.0))[0])


@pytest.fixture
def predictor() -> Predictor:
    torch.manual_seed(0)
    network = build_network(ModelConfig(base_channels=4, levels=3, spacing_mm=4.0))
    return Predictor(network, Manifest(name="tiny", sha256="0" * 64), spacing_mm=4.0, device="cuda")


def test_a_step_asks_the_gpu_for_no_more_than_it_must(ledger):
    of = config(engine={"precision": "bf16-mixed"})
    state, fabric = state_of("cuda", of)
    ledger.reset()

    optimiser_step(of, state, fabric, batch(of), step=1)

    assert ledger.syncs.total() <= 5, ledger.syncs
    assert ledger.uploads.total() <= 10, ledger.uploads
    assert ledger.kernels.total() <= 1750, ledger.kernels


def test_a_subset_asks_the_gpu_for_no_more_than_it_must(ledger, predictor, case):
    encoded = drain(predictor.encode(case))
    ledger.reset()

    predictor.predict_nested_labels(encoded, PAIR)

    assert ledger.syncs.total() <= 2, ledger.syncs
    assert ledger.uploads.total() == 0, ledger.uploads
    assert ledger.kernels.total() <= 115, ledger.kernels


def test_an_encoded_case_gives_its_memory_back(ledger, predictor, case):
    gc.collect()  # what earlier tests left
    before = ledger.live
    encoded = drain(predictor.encode(case))
    predictor.predict_nested_labels(encoded, PAIR)
    assert ledger.live > before

    del encoded
    gc.collect()

    assert ledger.live == before


def test_features_of_tiles_in_main_memory_are_uploaded_from_pinned_memory(
    ledger, predictor, case, monkeypatch
):
    predictor.tile = (32, 64, 32)
    on_the_gpu = drain(predictor._logits(drain(predictor.encode(case)), PAIR)).cpu()
    monkeypatch.setattr(encoded_tiles, "free_bytes", lambda device: 1e9 * (device.type == "cpu"))
    encoded = drain(predictor.encode(case))
    predictor._last = None
    ledger.reset()

    logits = drain(predictor._logits(encoded, PAIR))

    assert encoded.tiles.encodings[0].any_projected("fused")[0].is_cpu
    assert {kind for kind, _ in ledger.uploads} == {"pinned"}
    torch.testing.assert_close(logits.cpu(), on_the_gpu)


def test_images_and_regions_of_a_pinned_batch_are_uploaded_from_pinned_memory(ledger):
    of = config()
    state, fabric = state_of("cuda", of)
    whole = batch(of)
    pinned = StepBatch(tuple(part.pinned() for part in whole.parts), whole.batch_present)
    ledger.reset()

    optimiser_step(of, state, fabric, pinned, step=1)

    uploads = sum(count for (kind, _), count in ledger.uploads.items() if kind == "pinned")
    assert uploads == 2, "images and regions"
