"""From a configuration to a network: the only place where configuration meets modules."""

from ccsd_core.domain.modality import Modality
from ccsd_core.model.composition import CompositionalLayer
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.model.output import OUTPUTS
from ccsd_core.model.unet_decoder import UnetDecoder
from ccsd_core.model.unet_encoder import UnetEncoder


def build_network(config: ModelConfig, *, activation_checkpointing: bool = False) -> CcsdNetwork:
    """A freshly initialised network.

    Args:
        config: Its architecture.
        activation_checkpointing: Whether the inner activations of encoder levels, compositional
            layers and decoder stages are computed again in the backward pass: less memory,
            more time, the same gradients.
    """
    return _unet(config, checkpointing=activation_checkpointing)


def _unet(config: ModelConfig, *, checkpointing: bool) -> CcsdNetwork:
    channels = config.channels
    return CcsdNetwork(
        shared=UnetEncoder(channels, checkpointing=checkpointing),
        specific=[UnetEncoder(channels, checkpointing=checkpointing) for _ in Modality],
        composition={
            level: CompositionalLayer(c, kind=config.composition)
            for level, c in enumerate(channels)
        },
        decoder=UnetDecoder(
            channels,
            modalities=len(Modality),
            outputs=OUTPUTS[config.head],
            checkpointing=checkpointing,
        ),
        deepest_channels=channels[-1],
        fill=config.missing_fill,
        head=config.head,
        checkpointing=checkpointing,
    )
