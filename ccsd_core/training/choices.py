"""What one can choose about a training step, by name. Free of torch, as configurations are."""

from typing import Literal

Supervise = Literal["level", "full", "random"]
"""What is decoded and compared with the labels: see `ccsd_core.training.objective.objective`."""

PathOrder = Literal["max", "min", "random"]
"""Which sequence DMCD takes away first: the one of highest criticality, of lowest, or any."""

CriticalityScore = Literal["cosine", "gradient", "random"]
"""What scores a sequence: see `ccsd_core.distillation.criticality`."""
