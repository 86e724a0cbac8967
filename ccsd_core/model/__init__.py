"""The network as nn.Modules, its configuration, and its building blocks."""
