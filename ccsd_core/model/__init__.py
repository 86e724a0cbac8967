"""The network as nn.Modules, and nothing else."""
