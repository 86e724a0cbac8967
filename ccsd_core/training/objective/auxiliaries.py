"""ShaSpec's two auxiliary terms of a step: the sequences and features that they use.

present sequences        s_m, p_m as encoded
missing sequences        excluded, or (`zeroed`) with the features of a zeroed channel
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.domain.modality import Modality
from ccsd_core.losses.auxiliary import domain_classification, shared_alignment
from ccsd_core.losses.choices import Pairs
from ccsd_core.losses.device_mask import mask_on_device
from ccsd_core.model.encoded_batch import EncodedBatch
from ccsd_core.model.fill import zero_volume_features
from ccsd_core.model.network import CcsdNetwork


@dataclass(frozen=True, slots=True)
class Auxiliaries:
    """Alignment of the shared features and classification of the specific ones, unweighted.

    Args:
        pairs: Aligned pairs of sequences: the mean over `all` pairs of present ones, or the sum
            over the four `cyclic` pairs.
        zeroed: Whether missing sequences take part as zeroed channels.
    """

    pairs: Pairs
    zeroed: bool

    def __call__(
        self,
        network: CcsdNetwork,
        encoding: EncodedBatch,
        batch_present: Bool[Tensor, "n m"],
        *,
        image: Float[Tensor, "b 1 x y z"],
    ) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """Alignment and classification loss of this part of a batch.

        Args:
            network: The network that computed `encoding`.
            encoding: Features of a batch, or of a part of one.
            batch_present: Whether each sample of the whole batch has each sequence.
            image: Any image of the batch; only its shape, type and device are used.
        """
        shared, specific, present = encoding.deepest("shared"), encoding.domain(), encoding.present
        if self.zeroed and not bool(batch_present.all()):
            zero = zero_volume_features(network.shared, image)[-1]
            shared = {m: _filled(shared.get(m), zero, present[:, m]) for m in Modality}
            nothing = torch.zeros_like(image[:1])
            specific = {
                m: _filled(specific.get(m), network.specific[m](nothing).domain, present[:, m])
                for m in Modality
            }
            present, batch_present = torch.ones_like(present), torch.ones_like(batch_present)
        return (
            shared_alignment(shared, present, batch_present, pairs=self.pairs),
            domain_classification(specific, present, batch_present, network.domain_classifier),
        )


def _filled(
    features: Float[Tensor, "b c x y z"] | None,
    zero: Float[Tensor, "1 c x y z"],
    present: Bool[Tensor, " b"],
) -> Float[Tensor, "b c x y z"]:
    if features is None:
        return zero.expand(len(present), *zero.shape[1:])
    there = mask_on_device(present, features).reshape(-1, 1, 1, 1, 1)
    return torch.where(there, features, zero)
