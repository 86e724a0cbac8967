"""A window in a process of its own, to be killed: opens a case, changes what is shown, waits.

python window_process.py CASE RESULTS LOG
"""

import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer

from ccsd_app.engine.result_cache import ResultCache
from ccsd_app.qt.startup.application import assemble, begin, make_application, watch
from ccsd_app.session.display import Layer
from ccsd_app.session.state import ModelInfo
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region

SHA = "0123456789abcdef" * 4


def main(case: Path, results: Path, log: Path) -> int:
    import fake_worker  # beside this script, where pytest does not look

    application = make_application()
    parts = assemble(
        program="fake_worker",
        read_case=fake_worker.load_case,
        cache=ResultCache(results),
        describe=lambda _: ModelInfo("fake", SHA, "", frozenset()),
    )
    autosave = watch(parts)
    parts.window.show()
    begin(parts, case, autosave, model=f"log:{log}", device="cpu")
    session = parts.session
    changed = False

    def look() -> None:
        nonlocal changed
        state = session.state
        if not changed and state.complete:
            changed = True
            state = (
                state.toggled(Modality.T1C).with_background(Modality.T2).with_layer(Layer.CONSENSUS)
            )
            state = replace(state, region=Region.TC, show_crosshair=False).with_cursor((3, 4, 5))
            session.become(replace(state, bookmarks=(state.bookmark("look here"),)))
        elif changed and autosave.path.exists() and "look here" in autosave.path.read_text():
            sys.stdout.write("ready\n")
            sys.stdout.flush()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(200)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
