"""Building a network from a configuration; only this module knows both."""

from collections.abc import Sequence

from torch import nn

from ccsd_core.domain.modality import Modality
from ccsd_core.model.choices import Composition, Head, MissingFill
from ccsd_core.model.composition import CompositionalLayer
from ccsd_core.model.config import SHASPEC_CHANNELS, ModelConfig
from ccsd_core.model.fill import Tokens
from ccsd_core.model.layers.norm import InstanceNorm
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.model.output import OUTPUT_CHANNELS
from ccsd_core.model.shaspec.decoder import ShaspecDecoder
from ccsd_core.model.shaspec.encoder import ShaspecEncoder
from ccsd_core.model.unet.decoder import UnetDecoder
from ccsd_core.model.unet.encoder import UnetEncoder

FIRST_BIAS = 0.05
"""Standard deviation of the norms' initial biases in an encoder that is applied to zero volumes."""


def build_network(config: ModelConfig, *, activation_checkpointing: bool = False) -> CcsdNetwork:
    """Build a network with random weights.

    Args:
        config: Architecture of the network.
        activation_checkpointing: Whether the inner activations of encoder levels, compositional
            layers and decoder stages are recomputed in the backward pass: less memory, more time,
                the same gradients.
    """
    if config.backbone == "shaspec":
        return shaspec_network(
            composition=config.composition,
            fill=config.missing_fill,
            head=config.head,
            checkpointing=activation_checkpointing,
        )
    return _with_initial_biases(_unet(config, checkpointing=activation_checkpointing))


def shaspec_network(
    *,
    width: int = 64,
    blocks: Sequence[int] = (3, 4, 6, 3),
    composition: Composition = "residual",
    fill: MissingFill = "constant",
    head: Head = "regions",
    checkpointing: bool = False,
) -> CcsdNetwork:
    """ShaSpec's backbone, composed at the deepest level only; narrower and shallower in tests.

    Args:
        width: Channels of the stem; all other widths are proportional.
        blocks: Number of bottleneck blocks of each stage.
        composition: Kind of the compositional layer.
        fill: Fill of a missing sequence.
        head: Kind of the output channels.
        checkpointing: Same as `activation_checkpointing` of `build_network`.
    """

    def encoder() -> ShaspecEncoder:
        return ShaspecEncoder(width=width, blocks=blocks, checkpointing=checkpointing)

    deepest = 4 * width
    channels = [c * width // SHASPEC_CHANNELS[0] for c in SHASPEC_CHANNELS]
    network = CcsdNetwork(
        shared=encoder(),
        specific=[encoder() for _ in Modality],
        composition={4: CompositionalLayer(deepest, kind=composition, standardised=True)},
        decoder=ShaspecDecoder(
            width=width,
            modalities=len(Modality),
            outputs=OUTPUT_CHANNELS[head],
            checkpointing=checkpointing,
        ),
        deepest_channels=deepest,
        fill=fill,
        tokens=Tokens(channels) if fill == "token" else None,
        head=head,
        checkpointing=checkpointing,
    )
    return _with_initial_biases(network)


def _with_initial_biases(network: CcsdNetwork) -> CcsdNetwork:
    """The network, with small random norm biases if zero volumes are encoded.

    With biases of 0, every feature map of a zero volume is exactly 0, and each norm multiplies the
    gradient by 1 / √ε, about 300: over all norms of ShaSpec's encoder it overflows in the first
    step. Ours; the paper states no initialisation.
    """
    if network.fill in ("literal", "shaspec"):
        for module in network.shared.modules():  # pyright: ignore[reportAttributeAccessIssue]
            if isinstance(module, InstanceNorm):
                nn.init.normal_(module.bias, std=FIRST_BIAS)
    return network


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
            outputs=OUTPUT_CHANNELS[config.head],
            checkpointing=checkpointing,
        ),
        deepest_channels=channels[-1],
        fill=config.missing_fill,
        tokens=Tokens(channels) if config.missing_fill == "token" else None,
        head=config.head,
        checkpointing=checkpointing,
    )
