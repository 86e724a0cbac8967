"""The program as a whole: what it says when something is wrong, and with which exit code."""

import os
import subprocess
import sys

import pytest

from ccsd_app.cli import program
from ccsd_app.cli.commands import segment
from ccsd_core.errors import BadInputError, FailedError

COMMANDS = (
    *("view", "segment", "evaluate", "compare", "train", "bench"),
    *("configs", "synth", "demo", "models", "doctor", "dicom", "prepare", "report", "cases"),
    "quiz-results",
)


def test_the_version_is_printed(command):
    from ccsd_core.version import VERSION

    result = command("--version")

    assert (result.code, result.out.strip(), result.err) == (0, f"ccsd-app {VERSION}", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(command, name):
    result = command(name, "--help")

    assert result.code == 0
    assert f"ccsd-app {name}" in result.out


@pytest.mark.parametrize("arguments", [["--help"], ["segment", "--help"]], ids=["whole", "one"])
def test_help_imports_nothing_heavy(arguments):
    code = (
        "import sys\nfrom ccsd_app.cli.program import run\nrun(sys.argv[1:])\n"
        "heavy = {'torch', 'monai', 'numpy', 'nibabel', 'PySide6', 'vtk', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)

    assert (done.returncode, done.stderr.strip()) == (0, "[]")


@pytest.mark.parametrize(
    "arguments",
    [["sgment"], ["segment"], ["segment", "a", "-o"], ["--nope"], ["synth", "o", "--cases", "0"]],
    ids=["unknown command", "no argument", "no value", "unknown option", "out of range"],
)
def test_a_wrong_command_line_is_one_line_and_code_2(command, arguments):
    result = command(*arguments)

    assert result.code == 2
    assert len(result.error_lines) == 1
    assert result.err.startswith("error: ")
    assert result.out == ""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (BadInputError("no such thing: give another"), 2, "no such thing: give another"),
        (FailedError("it broke"), 1, "it broke"),
        (FileNotFoundError(2, "No such file or directory", "x.nii"), 1, "x.nii"),
        (MemoryError(), 1, "out of memory"),
        (ZeroDivisionError("two\nlines"), 1, "--debug"),
    ],
    ids=["bad input", "failure", "system", "memory", "our fault"],
)
def test_every_error_is_one_line_with_its_exit_code(command, monkeypatch, error, code, words):
    def broken(_job):
        raise error

    monkeypatch.setattr(segment, "_cases_inside", broken)

    result = command("segment", "case", "-o", "x.nii")

    assert result.code == code
    assert len(result.error_lines) == 1
    assert words in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("place", [0, 2], ids=["before the command", "after it"])
def test_debug_shows_where_an_error_came_from(command, monkeypatch, place):
    def broken(_job):
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr(segment, "_cases_inside", broken)
    arguments = ["segment", "case", "-o", "x.nii"]
    arguments.insert(place, "--debug")

    result = command(*arguments)

    assert result.code == 1
    assert "Traceback" in result.err
    assert "by hand" in result.error_lines[-1]


def test_ctrl_c_ends_quietly_with_130(command, monkeypatch):
    def interrupted(_job):
        raise KeyboardInterrupt

    monkeypatch.setattr(segment, "_cases_inside", interrupted)

    result = command("segment", "case", "-o", "x.nii")

    assert (result.code, result.err.strip()) == (130, "interrupted")


def test_without_a_command_the_viewer_opens_on_the_demo(command, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "ccsd_app.main.open_window",
        lambda case, *, model, device: opened.append((case, model, device)) or 7,
    )

    result = command()

    assert opened == [(None, None, "auto")]
    assert result.code == 7


def test_a_picture_is_a_png(command, tmp_path):
    result = command("view", "--snapshot", tmp_path / "window.jpg")

    assert result.code == 2
    assert ".png" in result.err


def test_a_missing_window_library_is_named_with_the_way_to_get_it(command, monkeypatch):
    monkeypatch.setattr("ccsd_app.main.WINDOW_LIBRARIES", ("sys", "a_library_nobody_has"))

    result = command("view", "some_case")

    assert result.code == 1
    assert "a_library_nobody_has" in result.err
    assert "ccsd[app]" in result.err
    assert len(result.error_lines) == 1


@pytest.fixture
def no_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def test_a_path_that_is_not_there_is_named_before_the_display(command, no_display, tmp_path):
    result = command("view", tmp_path / "absent")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert f"{tmp_path / 'absent'} does not exist" in result.err


def test_a_folder_of_cases_names_one_to_open_before_the_display(
    command, no_display, brats_case, tmp_path
):
    brats_case("BraTS2021_90001", under=tmp_path / "data" / "HGG")
    brats_case("BraTS2021_90002", under=tmp_path / "data" / "LGG")

    result = command("view", tmp_path / "data")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "several cases" in result.err
    assert str(tmp_path / "data" / "HGG" / "BraTS2021_90001") in result.err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a display")
def test_without_a_display_the_way_out_is_one_line(command, no_display, tmp_path):
    result = command("view", tmp_path)

    assert (result.code, len(result.error_lines)) == (1, 1)
    assert "--snapshot" in result.err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a display")
def test_a_display_that_does_not_answer_is_named_in_one_line(command, monkeypatch, tmp_path):
    pytest.importorskip("PySide6")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("DISPLAY", ":4077")

    result = command("view", tmp_path)

    assert (result.code, len(result.error_lines)) == (1, 1)
    assert ":4077 does not answer" in result.err
    assert "--snapshot" in result.err


def test_the_program_runs_as_a_module_too():
    environment = os.environ | {"COLUMNS": "100"}
    command = [sys.executable, "-m", "ccsd_app", "--version"]

    done = subprocess.run(command, capture_output=True, text=True, env=environment)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ccsd-app ")


def test_every_command_is_a_file_with_one_sentence():
    commands = program.program.registered_commands
    names = [info.name or info.callback.__name__.replace("_", "-") for info in commands]

    assert sorted(names) == sorted(COMMANDS)
    for info in program.program.registered_commands:
        assert info.help.splitlines()[0].endswith(".")


def test_long_work_without_a_terminal_reports_progress_and_quick_work_does_not(capsys, monkeypatch):
    from ccsd_app.cli import console
    from ccsd_core.progress import Progress

    def work():
        for step in range(1, 7):
            clock[0] += pace
            yield Progress(step, 6, "training")

    clock, pace = [0.0], 1.0
    monkeypatch.setattr(console.time, "monotonic", lambda: clock[0])
    console.track(work(), "training")
    assert capsys.readouterr().err == ""

    pace = 25.0
    console.track(work(), "training")
    assert capsys.readouterr().err.splitlines() == [
        "1 of 6: training",
        "2 of 6: training",
        "3 of 6: training",
        "4 of 6: training, 50 s left",
        "5 of 6: training, 25 s left",
        "6 of 6: training",
    ]


def test_a_path_alone_means_view(command, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr("ccsd_app.main.open_window", lambda case, **_: opened.append(case) or 0)

    assert command(str(tmp_path)).code == 0
    assert opened == [tmp_path]
    assert command(str(tmp_path / "absent")).code == 2
