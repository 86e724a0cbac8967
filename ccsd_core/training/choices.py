"""Named options of a training step. Without torch, since configurations import them."""

from typing import Literal

Supervise = Literal["level", "full", "random"]
"""Subsets that a step decodes: the full set with a level, only the full set, or a random subset."""

PathOrder = Literal["max", "min", "random"]
"""The sequence that DMCD removes first: highest criticality, lowest criticality, or random."""

CriticalityScore = Literal["cosine", "gradient", "random"]
"""The score that orders the decremental path (`distillation.criticality`)."""
