"""`Schedule`: the full set, the wanted one, then its neighbours; every subset once."""

from ccsd_app.worker.inference.schedule import Schedule
from ccsd_core.domain.modality import ModalitySubset


def order_of(schedule: Schedule) -> list[ModalitySubset]:
    order: list[ModalitySubset] = []
    while (subset := schedule.next) is not None:
        order.append(subset)
        schedule = schedule.finished(subset)
    return order


def test_every_subset_of_the_case_is_computed_once_the_full_one_first():
    for available in ModalitySubset.every():
        order = order_of(Schedule(available, available))

        assert order[0] == available, available
        assert sorted(order, key=str) == sorted(available.subsets(), key=str), available


def test_after_the_full_set_comes_the_wanted_one_and_then_the_nearest():
    for wanted in ModalitySubset.every():
        full = ModalitySubset.full()
        order = order_of(Schedule(full, full).with_wanted(wanted))

        toggles_away = [(s.bits ^ wanted.bits).bit_count() for s in order]
        assert order[0] == full, wanted
        assert toggles_away[1:] == sorted(toggles_away[1:]), wanted
        assert wanted in order[:2], wanted


def test_a_request_that_the_case_cannot_serve_is_ignored():
    for asked in ModalitySubset.every():
        pair = ModalitySubset.parse("FLAIR+T2")
        schedule = Schedule(pair, pair)

        assert (schedule.with_wanted(asked) == schedule) == (
            asked == pair or not asked.issubset(pair)
        ), asked
