"""Materials of surfaces: solid, or glass that is clear face on and dense at its rim.

    opacity ▲
        rim │ ▌      ▐      Seen face on, glass hardly tints what is inside it; where the surface
            │ ▌      ▐      turns away from the eye it becomes dense, so its shape stays legible.
       face │  ▀▀▀▀▀▀
            └────────────▶ across a ball

One white light by the camera, and ambient and diffuse light that add up to one: a surface is its
colour or darker, never another hue.
"""

from dataclasses import dataclass
from typing import Any

import pyvista as pv

from ccsd_app.render import shader
from ccsd_app.scene.palette import Rgb, unit_of

LIGHT_POSITION = (-0.5, 0.7, 1.5)
"""In the camera's coordinates: over its left shoulder, so that shapes have a shaded side."""
AMBIENT = 0.35
INSIDE_AMBIENT = 0.2
INSIDE_DIFFUSE = 0.45
"""Back faces, seen where a surface is cut open, are darker than its outside."""

_LIGHT_TAG = "//VTK::Light::Impl"


@dataclass(frozen=True, slots=True)
class Glass:
    """How dense a surface is.

    Args:
        face: Opacity where it faces the eye.
        rim: Opacity where it turns away.
        power: How narrow the rim is.
    """

    face: float
    rim: float
    power: float = 2.0


def set_light(plotter: Any) -> None:
    """Replace a plotter's lights by one white light beside the camera."""
    plotter.renderer.remove_all_lights()
    light = pv.Light(light_type="camera light", color="white", intensity=1.0)
    light.position = LIGHT_POSITION
    plotter.add_light(light)


def add_surface(plotter: Any, mesh: pv.PolyData, name: str, colour: Rgb) -> Any:
    """Add a solid surface of some colour; its back faces are left out."""
    actor = plotter.add_mesh(
        mesh,
        name=name,
        smooth_shading=True,
        ambient=AMBIENT,
        diffuse=1 - AMBIENT,
        specular=0.06,
        specular_power=20,
        culling="back",
        pickable=False,
        reset_camera=False,
        render=False,
    )
    inside = pv.Property(ambient=INSIDE_AMBIENT, diffuse=INSIDE_DIFFUSE, specular=0.0)
    actor.backface_prop = inside
    set_colour(actor, colour)
    return actor


def set_colour(actor: Any, colour: Rgb) -> None:
    """Give a surface another colour, outside and inside."""
    actor.prop.color = unit_of(colour)
    actor.backface_prop.color = unit_of(colour)


def set_material(actor: Any, glass: Glass | None) -> None:
    """Make a surface of glass, or solid where there is none."""
    opacity = 1.0 if glass is None else glass.face
    if actor.prop.opacity == opacity:
        return  # another shader would have to be compiled
    actor.prop.opacity = opacity
    shader.clear(actor)
    if glass is not None:
        shader.add_after(actor, _LIGHT_TAG, _glass_shader(glass))


def _glass_shader(glass: Glass) -> str:
    """The lines of the fragment shader that make opacity depend on the angle to the eye."""
    return (
        "float facing = abs(dot(normalVCVSOutput, normalize(vertexVC.xyz)));\n"
        f"fragOutput0.a = mix({glass.face:.3f}, {glass.rim:.3f}, "
        f"pow(1.0 - facing, {glass.power:.3f}));\n"
    )
