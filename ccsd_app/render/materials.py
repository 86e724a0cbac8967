"""Materials of surfaces: opaque, or translucent with a denser rim.

    opacity ▲
        rim │ ▌      ▐      Seen face on, it hardly tints what is inside it; where the surface
            │ ▌      ▐      turns away from the viewer it becomes dense, so its shape stays legible.
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
"""In the camera's coordinates: above and left of it, so that shapes have a shaded side."""
AMBIENT = 0.35
INSIDE_AMBIENT = 0.2
INSIDE_DIFFUSE = 0.45
"""Back faces, seen where a surface is cut open, are darker than its outside."""

_LIGHT_TAG = "//VTK::Light::Impl"


@dataclass(frozen=True, slots=True)
class Translucency:
    """Opacity of a translucent surface.

    Args:
        face: Opacity where it faces the viewer.
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
    """Add an opaque surface of some colour; its back faces are not drawn."""
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


def set_material(actor: Any, translucency: Translucency | None) -> None:
    """Make a surface translucent; None makes it opaque."""
    opacity = 1.0 if translucency is None else translucency.face
    if actor.prop.opacity == opacity:
        return  # another shader would have to be compiled
    actor.prop.opacity = opacity
    shader.clear(actor)
    if translucency is not None:
        shader.add_after(actor, _LIGHT_TAG, _opacity_shader(translucency))


def _opacity_shader(translucency: Translucency) -> str:
    """Lines of the fragment shader that make opacity depend on the angle to the line of sight."""
    return (
        "float facing = abs(dot(normalVCVSOutput, normalize(vertexVC.xyz)));\n"
        f"fragOutput0.a = mix({translucency.face:.3f}, {translucency.rim:.3f}, "
        f"pow(1.0 - facing, {translucency.power:.3f}));\n"
    )
