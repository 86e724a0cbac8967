"""Means over a whole batch, from its parts."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.losses.whole_batch import share_of_batch_mean


@given(st.lists(st.tuples(st.floats(-9, 9, width=32), st.booleans()), min_size=1, max_size=9))
def test_the_parts_of_a_mean_add_up_to_it(samples):
    values = torch.tensor([v for v, _ in samples])
    counted = torch.tensor([c for _, c in samples])

    parts = [
        share_of_batch_mean(values[i : i + 2], counted[i : i + 2], counted)
        for i in range(0, len(values), 2)
    ]

    mean = values[counted].mean() if counted.any() else torch.tensor(0.0)
    torch.testing.assert_close(torch.stack(parts).sum(), mean, rtol=1e-4, atol=1e-4)


def test_what_an_uncounted_sample_holds_does_not_matter():
    values = torch.tensor([1.0, torch.nan, 3.0], requires_grad=True)
    counted = torch.tensor([True, False, True])

    mean = share_of_batch_mean(values, counted, counted)
    mean.backward()

    assert float(mean.detach()) == 2.0
    assert values.grad.tolist() == [0.5, 0.0, 0.5]
