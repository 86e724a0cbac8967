"""Checks in a child process whether Qt can create an OpenGL context for VTK.

    window ── probe(platform) ──▶ child: python -m ccsd_app.qt.view3d.gl_probe
                                    QOpenGLContext 3.2 core ── created, made current, described
           ◀── Probe(ok, reason) ── one line of output, or a crash

A broken driver crashes the process that uses it. Here that is a child process, so the worst case is
a message instead of the 3-D view.
"""

import os
import subprocess
import sys
from dataclasses import dataclass

TIMEOUT_S = 30.0
MINIMUM = (3, 2)
"""The OpenGL version that VTK needs."""

WINDOWLESS = ("offscreen", "minimal", "vnc", "linuxfb")
"""Qt platforms without OpenGL windows, even if the machine has OpenGL."""

OK = "OK "
NO = "NO "


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of the probe.

    Args:
        ok: Whether a 3-D view can be opened.
        reason: Name of the renderer, or the reason why not.
    """

    ok: bool
    reason: str


def probe(platform: str) -> Probe:
    """Run the probe in a child process. Takes about half a second; call it off the GUI thread.

    Args:
        platform: Name of the Qt platform of the asking window (`xcb`, `wayland`, …).
    """
    if platform in WINDOWLESS:
        return Probe(ok=False, reason=f"the Qt platform {platform!r} has no OpenGL windows")
    try:
        child = subprocess.run(
            [sys.executable, "-m", "ccsd_app.qt.view3d.gl_probe"],
            env={**os.environ, "QT_QPA_PLATFORM": platform},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Probe(ok=False, reason=f"OpenGL did not answer within {TIMEOUT_S:.0f} s")
    except OSError as error:
        return Probe(ok=False, reason=f"the OpenGL probe cannot be started: {error}")
    return read_answer(child.stdout, child.stderr, returncode=child.returncode)


def read_answer(stdout: str, stderr: str, *, returncode: int) -> Probe:
    """The child's answer, or the reason why it gave none."""
    for line in stdout.splitlines():
        if line.startswith(OK) and returncode == 0:
            return Probe(ok=True, reason=line.removeprefix(OK))
        if line.startswith(NO):
            return Probe(ok=False, reason=line.removeprefix(NO))
    message = next((line.strip() for line in stderr.splitlines() if line.strip()), "no message")
    if returncode < 0:
        return Probe(ok=False, reason=f"OpenGL crashed the probe (signal {-returncode}): {message}")
    return Probe(ok=False, reason=f"the OpenGL probe failed ({returncode}): {message}")


def _create_context() -> str:
    """Create the kind of context the 3-D view needs; runs in the child."""
    from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext, QSurfaceFormat

    application = QGuiApplication([])
    wanted = QSurfaceFormat()
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setVersion(*MINIMUM)
    context, surface = QOpenGLContext(), QOffscreenSurface()
    context.setFormat(wanted)
    surface.setFormat(wanted)
    surface.create()
    if not context.create():
        return f"{NO}no OpenGL context can be created (is libgl1 or a display driver missing?)"
    if not surface.isValid() or not context.makeCurrent(surface):
        return f"{NO}the OpenGL context cannot be used"
    version = (context.format().majorVersion(), context.format().minorVersion())
    renderer = context.functions().glGetString(0x1F01)
    context.doneCurrent()
    del application
    if version < MINIMUM:
        return f"{NO}OpenGL {version[0]}.{version[1]} is too old: 3.2 is needed"
    return f"{OK}OpenGL {version[0]}.{version[1]}, {renderer}"


if __name__ == "__main__":
    print(_create_context(), flush=True)  # noqa: T201 - the answer to the parent
    # Drivers may crash while Python unloads Qt; the answer is already written.
    os._exit(0)
