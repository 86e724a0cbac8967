"""The real main window on the made-up inference process."""

from pathlib import Path

import pytest

PATIENCE_MS = 60_000


@pytest.fixture
def open_window(qtbot, fake_worker, tmp_path, monkeypatch):
    """Opens the window on a phantom; closes it after the test."""
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    from ccsd_app.qt.application import assemble

    opened = []

    def open_it(case: str = "p", *, model: str = "good", until: str = "complete"):
        parts = assemble(program="fake_worker", read_case=fake_worker.load_case)
        opened.append(parts)
        parts.window.resize(1280, 800)
        parts.window.show()
        parts.window.begin(Path(case), model=model, device="cpu")
        qtbot.waitUntil(lambda: bool(getattr(parts.session.state, until)), timeout=PATIENCE_MS)
        return parts

    yield open_it
    for parts in opened:
        parts.window.close()
        parts.window.deleteLater()
