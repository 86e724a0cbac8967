"""A picture of the 3-D scene from a separate process, for windows without OpenGL.

    window ── scene_to_bytes(scene) ─▶ stdin    python -m ccsd_app.render.picture WIDTH HEIGHT
           ◀── PNG ── stdout ──────────────── one off-screen render, then exit

EGL and OSMesa draw without any display, but a broken driver crashes the process, so it is a
separate one.
"""

import io
import os
import sys

from ccsd_app.render.scene_bytes import scene_from_bytes
from ccsd_app.scene.view3d.view3d_scene import View3dScene

WINDOW_CLASS = "VTK_DEFAULT_OPENGL_WINDOW"
OFF_SCREEN_WINDOW = "vtkEGLRenderWindow"


def render_png(scene: View3dScene, *, width: int, height: int) -> bytes:
    """Render a scene off screen, in this process."""
    import pyvista as pv

    from ccsd_app.render import surfaces

    plotter = pv.Plotter(off_screen=True, window_size=[width, height])
    surfaces.set_up_plotter(plotter)
    surfaces.apply(plotter, None, scene)
    stream = io.BytesIO()
    plotter.screenshot(stream)
    plotter.close()
    return stream.getvalue()


def main() -> None:
    """Read a request from stdin, write a PNG to stdout."""
    width, height = (int(number) for number in sys.argv[1:3])
    os.environ.setdefault(WINDOW_CLASS, OFF_SCREEN_WINDOW)
    picture = render_png(scene_from_bytes(sys.stdin.buffer.read()), width=width, height=height)
    sys.stdout.buffer.write(picture)
    sys.stdout.buffer.flush()
    os._exit(0)  # drivers may crash while Python unloads VTK; the picture is written


if __name__ == "__main__":
    main()
