"""From a configuration to a network: the only place where configuration meets modules."""

from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork


def build_network(config: ModelConfig) -> CcsdNetwork:
    """A freshly initialised network."""
    assert config.backbone == "light", "the only one so far"
    return CcsdNetwork(config.channels, residual_composition=config.composition == "residual")
