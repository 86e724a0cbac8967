"""A table that another process writes, read while it grows."""

import math

from ccsd_app.engine.training.growing_csv import GrowingCsv


def columns(table: GrowingCsv) -> dict[str, list[float]]:
    return {name: list(values) for name, values in table.columns.items()}


def test_only_whole_lines_are_taken_and_the_rest_of_a_line_is_taken_later(tmp_path):
    path = tmp_path / "metrics.csv"
    table = GrowingCsv(path)
    assert not table.read()
    with path.open("w") as file:
        for text, expected in (
            ("step,lo", {}),
            ("ss\n1,2.", {"step": [], "loss": []}),
            ("5\n2,", {"step": [1], "loss": [2.5]}),
            ("1.5\n", {"step": [1, 2], "loss": [2.5, 1.5]}),
        ):
            file.write(text)
            file.flush()
            table.read()
            assert columns(table) == expected
    assert not table.read()


def test_a_table_that_a_resumed_run_wrote_anew_is_read_from_its_beginning(tmp_path):
    path, new = tmp_path / "metrics.csv", tmp_path / "new.csv"
    path.write_text("step,loss\n1,3\n2,2\n3,1\n")
    table = GrowingCsv(path)
    assert table.read()

    new.write_text("step,loss\n1,3\n2,5\n3,4\n4,3\n")  # it has grown past the old one already
    new.replace(path)
    assert table.read()
    assert columns(table) == {"step": [1, 2, 3, 4], "loss": [3, 5, 4, 3]}

    path.unlink()
    assert table.read()
    assert columns(table) == {}


def test_empty_cells_and_text_are_not_numbers_and_torn_lines_are_left_out(tmp_path):
    path = tmp_path / "metrics.csv"
    path.write_text("step,loss,path\n1,,FLAIR > T1\n2\n3,1,x\n")
    table = GrowingCsv(path)
    table.read()
    assert table.columns["step"] == [1, 3]
    assert math.isnan(table.columns["loss"][0])
    assert math.isnan(table.columns["path"][1])
