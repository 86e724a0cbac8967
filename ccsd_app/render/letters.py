"""The letters R L A P S I around the head, turned to the viewer.

When the view is along an axis, its two letters would cover each other and the head: they are
hidden.
"""

from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D

from ccsd_app.scene.view3d.viewpoint import Side

COLOUR = (0.72, 0.76, 0.82)
GAP_MM = 9.0
ALONG_VIEW = 0.9
"""Cosine of the angle to the line of sight beyond which a letter is hidden."""


def add_letters(plotter: Any, low: np.ndarray, high: np.ndarray) -> None:
    """Put the six letters around a box of world coordinates."""
    for side in Side:
        place = (low + high) / 2 + np.asarray(side.outwards) * ((high - low) / 2 + GAP_MM)
        actor: Any = vtkBillboardTextActor3D()
        actor.SetInput(side.value)
        actor.SetPosition(*place)
        text = actor.GetTextProperty()
        text.SetFontSize(16)
        text.BoldOn()
        text.SetColor(*COLOUR)
        text.SetJustificationToCentered()
        text.SetVerticalJustificationToCentered()
        plotter.add_actor(actor, name=_name(side), reset_camera=False, render=False)


def hide_letters_along_view(plotter: Any) -> None:
    """From now on, hide the letters that lie along the line of sight."""
    plotter.renderer.AddObserver("StartEvent", _hide_along_view)


def _hide_along_view(renderer: Any, _: str) -> None:
    sight = np.asarray(renderer.GetActiveCamera().GetDirectionOfProjection())
    actors = renderer.actors
    for side in Side:
        actor = actors.get(_name(side))
        if actor is not None:
            actor.SetVisibility(bool(abs(sight @ side.outwards) < ALONG_VIEW))


def _name(side: Side) -> str:
    return f"letter {side.value}"
