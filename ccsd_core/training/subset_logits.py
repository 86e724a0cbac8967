"""Temporary: whole box."""

import torch
from ccsd_core.domain.modality import Modality


def subset_logits(network, images, available, subsets, *, window):
    present = torch.tensor([[m in available for m in Modality]], device=images.device)
    encoding = network.encode(images[None], present)
    for subset in subsets:
        mask = torch.tensor([[m in subset for m in Modality]], device=images.device)
        yield subset, network.decode(encoding, mask)[0].float()
