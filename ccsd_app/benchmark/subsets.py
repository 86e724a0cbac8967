"""The speed-up by encoding once: all subsets, and one toggle, compared with full forwards."""

from statistics import median

import torch

from ccsd_app.benchmark.clock import seconds
from ccsd_app.benchmark.measured import Measurement, Measurements
from ccsd_app.benchmark.timed_model import TimedModel
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference.predictor import Predictor
from ccsd_core.progress import drain

ROUNDS = 3


def all_subsets(predictor: Predictor, case: Case, *, rounds: int = ROUNDS) -> Measurements:
    """Time from a case in memory to the regions of every subset on the case's grid."""

    def work() -> None:
        encoded = drain(predictor.encode(case))
        for subset in subsets:
            predictor.predict(encoded, subset)

    subsets = case.available.subsets()
    work()
    times = [seconds(work, torch.device(predictor.device)) for _ in range(rounds)]
    return {"all15_s": Measurement.of_median(times, f"{len(subsets)} subsets")}


def sharing(timed_model: TimedModel, *, rounds: int = ROUNDS) -> Measurements:
    """Both ratios, from rounds that time the two sides alternately."""
    device, every = timed_model.device, ModalitySubset.every()
    timed_model.forward(every[-1])
    forwards: list[float] = []
    decodes: list[float] = []
    ratios: list[float] = []
    for _ in range(rounds):
        ours = seconds(timed_model.encode, device)
        encoding = timed_model.encode()
        naive = 0.0
        for subset in every:
            decodes.append(seconds(lambda s=subset, e=encoding: timed_model.decode(e, s), device))
            forwards.append(seconds(lambda s=subset: timed_model.forward(s), device))
            ours += decodes[-1]
            naive += forwards[-1]
        ratios.append(naive / ours)
    forward, decode = median(forwards), median(decodes)
    detail = f"{1e3 * forward:.0f} : {1e3 * decode:.0f} ms"
    return {
        "ratio_all15_vs_naive": Measurement.of_median(ratios),
        "ratio_toggle_vs_forward": Measurement(forward / decode, detail),
    }
