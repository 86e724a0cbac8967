"""Printing never ends work."""

import io
import os
import sys

import pytest

from ccsd_app.cli.commands import segment
from ccsd_app.cli.console import replace_unprintable, say, show

LINE = "P1 → “out” · ET ≤ 0.1 mL ± 2 × 3 ● − │─┐ 造影 Müller"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "cp437", "utf-8"])
def test_every_console_takes_every_line(monkeypatch, encoding):
    written = {name: io.BytesIO() for name in ("stdout", "stderr")}
    for name, buffer in written.items():
        monkeypatch.setattr(sys, name, io.TextIOWrapper(buffer, encoding=encoding))
    replace_unprintable()

    show(LINE)
    say(LINE)

    for buffer in written.values():
        text = buffer.getvalue().decode(encoding)
        assert text.startswith("P1 → “out”" if encoding == "utf-8" else "P1 -> ")
        assert "ller" in text
        assert "≤" in text or "<=" in text


def test_unread_output_is_dropped_and_the_work_goes_on(monkeypatch):
    reads, writes = os.pipe()
    os.close(reads)
    monkeypatch.setattr(sys, "stdout", os.fdopen(writes, "w", encoding="utf-8"))

    show("first")
    show("second")

    sys.stdout.close()


def test_a_closed_console_takes_nothing_and_raises_nothing(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO())
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    say("nobody")


def test_the_end_of_a_damaged_file_is_no_interruption(command, monkeypatch):
    def ends_early(*_args, **_options):
        raise EOFError

    monkeypatch.setattr(segment, "_cases_inside", ends_early)

    result = command("segment", "case", "-o", "out.nii.gz")

    assert result.code == 1
    assert "a file ends too early" in result.err
    assert "interrupted" not in result.err
