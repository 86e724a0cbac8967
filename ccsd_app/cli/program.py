"""The program: its commands, and the one place where errors become a line and an exit code.

    0    done
    1    the work failed
    2    the user's input cannot be used
    130  interrupted with Ctrl+C

A command is a plain function in its own file; it imports what it needs when it runs, so
that `--help` does not wait for torch.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.commands import (
    bench,
    cases,
    compare,
    configs,
    demo,
    dicom,
    doctor,
    evaluate,
    models,
    prepare,
    quiz_results,
    report,
    segment,
    synth,
    train,
    view,
)
from ccsd_app.cli.console import replace_unprintable, say, show, silence_libraries
from ccsd_core.errors import BadInputError, CcsdError
from ccsd_core.version import VERSION

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

program = typer.Typer(
    name="ccsd-app",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    *(view, segment, evaluate, compare, train, cases, bench),
    *(report, configs, synth, dicom, prepare, demo, models, quiz_results, doctor),
)
for module in COMMANDS:
    program.command(help=module.__doc__)(getattr(module, module.__name__.rpartition(".")[2]))


@program.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of errors, and all warnings.")
    ] = False,
) -> int:
    """Brain tumour segmentation with missing MR sequences.

    Without a command, the window opens with the demo case.
    """
    if version:
        show(f"ccsd-app {VERSION}")
        raise typer.Exit
    if not debug:
        silence_libraries()
    return view.view() if context.invoked_subcommand is None else DONE


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every error is printed in one line."""
    replace_unprintable()
    debug = "--debug" in arguments
    # It is an option of the program, but it is accepted anywhere on the command line.
    rest = _with_command([argument for argument in arguments if argument != "--debug"])
    try:
        result = program(
            ["--debug", *rest] if debug else rest, prog_name="ccsd-app", standalone_mode=False
        )
    except (KeyboardInterrupt, typer.Abort) as error:
        # typer takes an EOFError from a damaged file for the end of the user's input.
        if isinstance(error.__cause__, EOFError):
            return _report_error(error.__cause__, debug=debug)
        result = INTERRUPTED
    except BrokenPipeError:
        # The pipe is closed, as with `head`; nobody would read a message.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # noqa: BLE001 — the one place where errors end
        return _report_error(error, debug=debug)
    if result == INTERRUPTED:
        say("interrupted")
    return result if isinstance(result, int) else DONE


def _with_command(arguments: list[str]) -> list[str]:
    """`ccsd-app CASE` means `ccsd-app view CASE`: a path is what a file manager gives."""
    first = arguments[0] if arguments else ""
    names = {module.__name__.rpartition(".")[2].replace("_", "-") for module in COMMANDS}
    is_path = first and not first.startswith("-") and first not in names and Path(first).exists()
    return ["view", *arguments] if is_path else arguments


def _report_error(error: Exception, *, debug: bool) -> int:
    """Print what went wrong, and return the exit code."""
    if debug:
        traceback.print_exception(error)
    say(f"error: {_line(error)}")
    return _exit_code(error)


def _line(error: Exception) -> str:
    """The message of an error in one line."""
    if isinstance(error, CcsdError):
        text = str(error)
    elif _is_usage_error(error):
        text = f"{error.format_message()}  ({_help_of(error)})"  # pyright: ignore[reportAttributeAccessIssue]
    elif isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename or ''}".removesuffix(": ")
    elif isinstance(error, EOFError):
        text = "a file ends too early (--debug shows which): make or download it again"
    elif isinstance(error, MemoryError):
        text = "out of memory: close other programs, or use a smaller model"
    else:
        text = f"{type(error).__name__}: {error} (a bug in this program; --debug shows where)"
    return " ".join(text.split())


def _help_of(error: Exception) -> str:
    """The help command of the subcommand, where it is known which one was meant."""
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context is not None else 'ccsd-app'} --help"


def _exit_code(error: Exception) -> int:
    return BAD_INPUT if isinstance(error, BadInputError) or _is_usage_error(error) else FAILED


def _is_usage_error(error: Exception) -> bool:
    """Whether the command line itself was wrong.

    Typer does not export the common base class of these errors, and its module has changed; they
    are recognised by their methods.
    """
    return hasattr(error, "format_message") and hasattr(error, "exit_code")
