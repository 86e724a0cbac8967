"""HMSD: zero for equals, nothing for the teacher, finite at the extremes."""

import pytest
import torch
from torch.distributions import Bernoulli, kl_divergence

from ccsd_core.distillation.hierarchical import bernoulli_divergence

SHAPE = (2, 3, 4, 4, 4)


def test_a_student_that_equals_its_teacher_costs_exactly_nothing():
    logits = torch.randn(SHAPE) * 8

    assert torch.equal(
        bernoulli_divergence(logits, logits.clone(), temperature=4.0), torch.zeros(2)
    )


def test_no_gradient_reaches_the_teacher():
    teacher = torch.randn(SHAPE, requires_grad=True)
    student = torch.randn(SHAPE, requires_grad=True)

    bernoulli_divergence(teacher, student, temperature=4.0).sum().backward()

    assert teacher.grad is None
    assert student.grad.abs().sum() > 0


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_it_is_the_bernoulli_divergence_of_torch(temperature):
    teacher, student = torch.randn(SHAPE), torch.randn(SHAPE)

    ours = bernoulli_divergence(teacher, student, temperature=temperature)

    theirs = kl_divergence(
        Bernoulli(logits=teacher / temperature), Bernoulli(logits=student / temperature)
    )
    torch.testing.assert_close(ours, temperature**2 * theirs.flatten(1).mean(1))


def test_extreme_and_half_precision_logits_stay_finite():
    teacher = torch.full(SHAPE, 3e4, dtype=torch.bfloat16)
    student = torch.full(SHAPE, -3e4, dtype=torch.bfloat16, requires_grad=True)

    loss = bernoulli_divergence(teacher, student, temperature=1.0)
    loss.sum().backward()

    assert loss.dtype is torch.float32
    assert torch.isfinite(loss).all()
    assert torch.isfinite(student.grad).all()
