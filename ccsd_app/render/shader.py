"""Adds lines to the fragment shader that VTK writes for an actor."""

from typing import Any


def add_after(actor: Any, tag: str, lines: str, *, before_vtk: bool = False) -> None:
    """Have lines run after the code that VTK puts in place of a tag of its shader.

    Args:
        actor: Whose shader.
        tag: For example `//VTK::Light::Impl`.
        lines: GLSL.
        before_vtk: Replace the tag before VTK does; else in what VTK has left of it.
    """
    shader, code, everywhere = actor.GetShaderProperty(), f"{tag}\n{lines}", False
    shader.AddFragmentShaderReplacement(tag, before_vtk, code, everywhere)


def clear(actor: Any) -> None:
    """Leave the shader to VTK again."""
    actor.GetShaderProperty().ClearAllFragmentShaderReplacements()
