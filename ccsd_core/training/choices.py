"""Choices about a training step, by name. Free of torch, as configurations are."""

from typing import Literal

Supervise = Literal["level", "full", "random"]
"""Which subsets a step decodes: the full set with a level, the full set alone, or a random one."""

PathOrder = Literal["max", "min", "random"]
"""Which sequence DMCD removes first: the one of highest criticality, of lowest, or any."""

CriticalityScore = Literal["cosine", "gradient", "random"]
"""Which score of a sequence orders the decremental path (`distillation.criticality`)."""
