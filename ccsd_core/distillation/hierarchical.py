r"""HMSD: the full set teaches every subset of one size, by its outputs.

    p_M (all sequences, stop-gradient) ──teaches──▶ p_S   for every S with |S| = k

Stated by the paper (eq. 1–3): Kullback–Leibler divergence on outputs at a temperature, the full set
as the only teacher, stop-gradient, averaged over the level C_k. Standard, not stated: direction
KL(teacher ‖ student) and the factor τ². Ours: Bernoulli per region, because the regions are nested
sigmoids, and τ = 4.

Source: CCSD (arXiv:2511.14599), section 3.3; Hinton et al. 2015 (arXiv:1503.02531) for τ².
"""

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def bernoulli_divergence(
    teacher: Float[Tensor, "b r x y z"], student: Float[Tensor, "b r x y z"], *, temperature: float
) -> Float[Tensor, " b"]:
    """τ² · mean KL( σ(teacher/τ) ‖ σ(student/τ) ) over voxels and regions, per sample.

    In fp32 from logits, through logsigmoid, so that it is exactly 0 for equal logits and finite for
    extreme ones; log σ(−x) = log σ(x) − x saves half of the logsigmoids. No gradient reaches the
    teacher.

    Args:
        teacher: Logits from the larger subset; detached here.
        student: Logits from the smaller subset.
        temperature: Temperature τ.
    """
    taught = teacher.detach().float() / temperature
    learnt = student.float() / temperature
    logarithms = functional.logsigmoid(taught) - functional.logsigmoid(learnt)
    divergence = logarithms - (-taught).sigmoid() * (taught - learnt)
    return temperature**2 * divergence.flatten(1).mean(dim=1)
