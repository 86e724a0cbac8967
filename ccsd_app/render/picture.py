"""A picture of the 3-D scene from a process of its own, for where a window has no OpenGL.

    window ── request(scene): npz ──▶ stdin    python -m ccsd_app.render.picture WIDTH HEIGHT
           ◀── PNG ── stdout ──────────────── one off-screen render, then the end

EGL or OSMesa draw without any display, but a broken driver takes its process down, so this
process is not the window's.
"""

import io
import os
import sys

import numpy as np

from ccsd_app.scene.space_scene import SpaceScene
from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

WINDOW_CLASS = "VTK_DEFAULT_OPENGL_WINDOW"
OFF_SCREEN_WINDOW = "vtkEGLRenderWindow"


def request(scene: SpaceScene) -> bytes:
    """Everything the child needs to know of a scene: arrays only, nothing that runs."""
    result = scene.result
    depth = np.zeros((0, 0, 0), np.uint8) if result is None else result.depth
    offset = (0, 0, 0) if result is None else result.offset_voxel
    stream = io.BytesIO()
    np.savez(
        stream,
        head=np.isfinite(scene.head.array) & (scene.head.array != 0),
        world_from_voxel=scene.head.world_from_voxel,
        depth=depth,
        offset_voxel=np.asarray(offset),
        visible=np.asarray(sorted(scene.visible), np.int64),
    )
    return stream.getvalue()


def scene_of(data: bytes) -> SpaceScene:
    """Read what `request` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        head = Volume(arrays["head"], arrays["world_from_voxel"])
        depth, visible = arrays["depth"], frozenset(Region(v) for v in arrays["visible"].tolist())
        x, y, z = arrays["offset_voxel"].tolist()
    result = SubsetResult(ModalitySubset.full(), depth, (x, y, z), {}, None, None, 0.0)
    return SpaceScene(head=head, result=result, visible=visible, provenance="")


def png(scene: SpaceScene, *, width: int, height: int) -> bytes:
    """Render a scene off screen, in this process."""
    import pyvista as pv

    from ccsd_app.render import surfaces

    plotter = pv.Plotter(off_screen=True, window_size=[width, height])
    surfaces.dress(plotter)
    surfaces.apply(plotter, None, scene)
    stream = io.BytesIO()
    plotter.screenshot(stream)
    plotter.close()
    return stream.getvalue()


def main() -> None:
    """Read a request from stdin, write a PNG to stdout."""
    width, height = (int(number) for number in sys.argv[1:3])
    os.environ.setdefault(WINDOW_CLASS, OFF_SCREEN_WINDOW)
    picture = png(scene_of(sys.stdin.buffer.read()), width=width, height=height)
    sys.stdout.buffer.write(picture)
    sys.stdout.buffer.flush()
    os._exit(0)  # drivers may crash while Python takes VTK apart; the picture is out


if __name__ == "__main__":
    main()
