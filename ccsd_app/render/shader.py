"""Adds lines to the fragment shader that VTK writes for an actor."""

from typing import Any


def add_after(actor: Any, tag: str, lines: str, *, before_vtk: bool = False) -> None:
    """Insert lines after the code that VTK substitutes for a tag of its shader.

    Args:
        actor: The actor.
        tag: For example `//VTK::Light::Impl`.
        lines: GLSL.
        before_vtk: Replace the tag before VTK does; otherwise after VTK.
    """
    shader, code, everywhere = actor.GetShaderProperty(), f"{tag}\n{lines}", False
    shader.AddFragmentShaderReplacement(tag, before_vtk, code, everywhere)


def clear(actor: Any) -> None:
    """Restore VTK's own shader."""
    actor.GetShaderProperty().ClearAllFragmentShaderReplacements()
