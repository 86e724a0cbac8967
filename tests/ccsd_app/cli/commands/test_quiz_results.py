"""`ccsd-app quiz-results`: a folder of files from a class becomes one table."""

import subprocess
import sys
from pathlib import Path

import pytest

from ccsd_app.viewmodel.teaching.quiz.question import QuestionKind
from ccsd_app.viewmodel.teaching.quiz.quiz import Answered, Quiz, Setup
from ccsd_app.viewmodel.teaching.quiz.results_table import results_csv, results_json


def results(learner: str, *, right: bool) -> Quiz:
    row = Answered(1, QuestionKind.FOLLOW, "?", "x", "y", right, False, 3.0, "Dice", True)
    return Quiz(Setup((1,), 1, learner), rows=(row,))


@pytest.fixture
def folder(tmp_path) -> Path:
    place = tmp_path / "class"
    place.mkdir()
    (place / "Miller.csv").write_text(results_csv(results("AB", right=True), model="m"), "utf-8")
    (place / "Smith.json").write_text(results_json(results("", right=False), model="m"), "utf-8")
    (place / "notes.csv").write_text("a,b\n", "utf-8")
    return place


def test_a_class_is_summed_up_without_names_of_files(command, folder, tmp_path):
    out = tmp_path / "all.csv"
    result = command("quiz-results", folder, "-o", out)

    assert result.code == 0
    assert result.error_lines == ["not used: notes.csv is not a table of results"]
    assert "1 of 2" in result.out
    assert "learner 2" in result.out
    written = out.read_text("utf-8")
    assert len(written.splitlines()) == 3
    assert "Miller" not in result.out + written

    again = command("quiz-results", folder, "-o", out)
    assert again.code == 2
    assert "exists already" in again.err


def test_a_folder_without_results_says_where_they_come_from(command, tmp_path):
    result = command("quiz-results", tmp_path)
    assert result.code == 2
    assert "Save table" in result.err
    assert command("quiz-results", tmp_path / "nowhere").code == 2


def test_it_needs_neither_the_window_nor_torch(folder):
    code = (
        "import sys\nfrom ccsd_app.cli.program import run\nrun(sys.argv[1:])\n"
        "heavy = {'torch', 'monai', 'psygnal', 'PySide6', 'vtk'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    arguments = ["quiz-results", str(folder)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]", done.stderr
