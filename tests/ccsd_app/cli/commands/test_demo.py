"""`ccsd-app demo` and `view --snapshot`: pictures without a display."""

import pytest

pytest.importorskip("PySide6", reason="the window is not installed")

from PIL import Image

from ccsd_app.cli.outputs import check_png
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.segmentation import DISCLAIMER


@pytest.fixture(autouse=True)
def no_display(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.mark.slow
@pytest.mark.usefixtures("real_figures")
def test_window_curve_and_table_are_left_in_the_folder(
    command, make_case, model, tmp_path, monkeypatch
):
    case, out = make_case(), tmp_path / "demo"
    monkeypatch.setattr("ccsd_core.storage.demo.demo_case", lambda: case)

    result = command("demo", "-o", out, "--model", model, "--device", "cpu")

    assert result.code == 0, result.err
    for name in ("window.png", "curve.png"):
        picture = Image.open(out / name).convert("RGB")
        assert len(picture.getcolors(maxcolors=picture.width * picture.height)) > 100
    table = (out / "table.txt").read_text()
    assert table.strip() == result.out.strip()
    rows = [line for line in table.splitlines() if "●" in line and "○" in line]
    assert len(rows) >= len(ModalitySubset.every()) - 1
    assert result.err.count(DISCLAIMER) == 1
    check_png(out / "window.png")  # it says who wrote it


def test_a_picture_that_fails_is_one_line(command, make_case, model, tmp_path, monkeypatch):
    case = make_case()
    monkeypatch.setattr("ccsd_core.storage.demo.demo_case", lambda: case)
    monkeypatch.setattr("ccsd_app.cli.commands.demo.sys.executable", "false")

    result = command("demo", "-o", tmp_path / "demo", "--model", model, "--device", "cpu")

    assert result.code == 1
    assert "picture" in result.error_lines[-1]
