"""The user guide is true: links and pictures exist, commands and options are the program's."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer.main

from ccsd_app.cli.program import program
from ccsd_core.storage.resources import guide, resource

PAGES = sorted(guide().rglob("*.md"))
NAV = (guide().parents[1] / "mkdocs.yml").read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    return [str(block) for block in found]


def commands() -> list[str]:
    lines = [line for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]
    return sorted({line for line in lines if line.startswith("ccsd-app")})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_and_pictures_of_a_page_exist_and_the_page_is_in_the_table_of_contents(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        picture = target.startswith("pictures/")
        assert (resource(target) if picture else page.parent / target).is_file(), target
    assert f" {page.relative_to(guide()).as_posix()}\n" in NAV


def test_every_command_and_option_in_the_guide_is_one_of_the_program():
    group = typer.main.get_command(program)
    assert len(commands()) > 20
    for line in commands():
        words = shlex.split(line)[1:]
        if not words:
            continue
        command = group.commands[words[0]]
        options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert used <= options, line
        takes = any(one.param_type_name == "argument" for one in command.params)
        assert takes or words[1:2] == [] or words[1].startswith("-"), line


def test_python_and_configurations_in_the_guide_are_valid():
    for page in PAGES:
        for block in blocks(page, "python"):
            code = compile(block, str(page), "exec")
            imports = "\n".join(li for li in block.splitlines() if re.match("(from|import) ", li))
            exec(compile(imports, str(page), "exec"), {})
            assert code
        for block in blocks(page, "toml"):
            assert tomllib.loads(block)["extends"]
