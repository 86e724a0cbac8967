"""Starts Qt, builds the window with everything it needs, and runs it."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QSize,
)
from PySide6.QtWidgets import QApplication

from ccsd_app.engine.background_cache import BackgroundCache, model_info
from ccsd_app.engine.engine import Engine, LoadCase
from ccsd_app.engine.result_cache import ResultCache, results_folder
from ccsd_app.engine.session_file import is_demo
from ccsd_app.qt.help.event_log import log_folder
from ccsd_app.qt.sessions.autosave import Autosave, UnclosedSession, find_unclosed
from ccsd_app.qt.sessions.session_files import is_session
from ccsd_app.qt.widgets.queued_call import QueuedCall
from ccsd_app.qt.widgets.text_size import suitable_factor, text_factor
from ccsd_app.qt.widgets.theme import ThemeName, apply_theme
from ccsd_app.qt.window.main_window import MainWindow
from ccsd_app.session.display import ColourScheme, MousePreset, member_named
from ccsd_app.session.jobs import JobRunner
from ccsd_app.session.scan_minutes import minutes_from, stored_minutes
from ccsd_app.session.session import Session
from ccsd_app.session.state import ModelInfo, State
from ccsd_app.settings import (
    RecentCase,
    Settings,
    load_settings,
    move_damaged_settings,
    save_settings,
)
from ccsd_app.worker import entry
from ccsd_app.worker.client import WorkerClient
from ccsd_app.worker.events import Event
from ccsd_app.worker.protocol import Limits
from ccsd_core.domain.case import Case
from ccsd_core.domain.region import SCHEMES, LabelScheme
from ccsd_core.errors import ResourceError, bug_line
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.overrides import Override, Overrides
from ccsd_core.storage.demo import demo_case
from ccsd_core.storage.names.naming import Role

SMALL_SCREEN = (1440, 900)
LARGEST = (2000, 1250)
SHARE_OF_SCREEN = 0.94


@dataclass(frozen=True, slots=True)
class Parts:
    """A window with its session and engine."""

    session: Session
    engine: Engine
    window: MainWindow


def run_window(case_path: Path | None, *, model: str | None, device: str) -> int:
    """Show the window and return when it is closed.

    Args:
        case_path: The case or session file to open; None: see `begin`.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …

    Returns:
        The exit code of the program.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends the event loop, too
    damaged = move_damaged_settings()
    settings = load_settings()
    application = make_application(
        theme=member_named(ThemeName, settings.theme), text_percent=settings.text_percent
    )
    _enlarge_on_large_screen(application, settings)
    start = settings.recent_cases[0].path.parent if settings.recent_cases else None
    parts = assemble(
        state=initial_state(settings).with_problem(damaged) if damaged else initial_state(settings),
        start_folder=start,
        read_case=reader_of(settings),
        cache=ResultCache(results_folder(), cap_mb=settings.disk_mb),
        limits=Limits.of(settings),
    )
    parts.session.changed.connect(partial(_save_changes, parts.engine))
    sys.excepthook = partial(_report_bug, parts.session, log=parts.window.log.write)
    parts.window.log.keep_in(log_folder())
    autosave = watch(parts)
    _show_sized_to_screen(parts.window)
    _offer_tour_once(parts.window)
    begin(
        parts,
        case_path,
        autosave,
        model=model or settings.model or None,
        device=settings.device if device == "auto" else device,
    )
    return application.exec()


def reader_of(settings: Settings) -> LoadCase:
    """The function that reads cases for the window, as the inference process does."""
    return partial(_read_case, default_scheme=SCHEMES.get(settings.label_scheme))


def watch(parts: Parts) -> Autosave:
    """Save the session of a window automatically until it is closed."""
    autosave = Autosave(parts.session, parts.window.sessions.current_session, parent=parts.window)
    parts.window.closed.connect(autosave.close)
    return autosave


def begin(
    parts: Parts,
    case_path: Path | None,
    autosave: Autosave,
    *,
    model: str | None,
    device: str,
) -> None:
    """Start computing, and open the requested case, or restore an unclosed session.

    Args:
        parts: The window.
        case_path: A case or a session file; None restores an unclosed session, else opens the
            bundled demo.
        autosave: Saves the session, and records that one was restored.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …
    """
    window = parts.window
    parts.engine.start(model, device)
    unclosed = find_unclosed()
    name = "" if unclosed is None else unclosed_name(unclosed)
    exists = unclosed is not None and case_exists(unclosed)

    def restore() -> None:
        assert unclosed is not None
        autosave.call_once_written(unclosed.discard)
        autosave.mark_restored()
        window.sessions.open(unclosed.session, None)

    if unclosed is not None and not exists:
        window.recovery.tell(f"The program ended unexpectedly, and its case was not found: {name}")
    elif unclosed is not None and case_path is None and not unclosed.tried:
        at = time.strftime("%H:%M", time.localtime(unclosed.time_s))
        window.recovery.tell(f"The program ended unexpectedly: {name} was restored as of {at}.")
        restore()
        return
    elif unclosed is not None:
        window.recovery.offer(
            f"The program ended unexpectedly while {name} was open.",
            restore=restore,
            refuse=unclosed.discard,
        )
    if case_path is not None and is_session(case_path):
        window.session_files.open(case_path)
    else:
        window.open_case(demo_case() if case_path is None else case_path)


def unclosed_name(unclosed: UnclosedSession) -> str:
    """The case of an unclosed session."""
    return (
        "the demo case" if unclosed.session.case.bundled else Path(unclosed.session.case.path).name
    )


def case_exists(unclosed: UnclosedSession) -> bool:
    """Whether its case can still be opened."""
    return unclosed.session.case.bundled or Path(unclosed.session.case.path).exists()


def make_application(*, theme: ThemeName = ThemeName.DARK, text_percent: int = 100) -> QApplication:
    """The `QApplication`, with a theme and a size of text and controls."""
    existing = QCoreApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if text_percent != 100:
        already = float(os.environ.get("QT_SCALE_FACTOR") or 1)
        os.environ["QT_SCALE_FACTOR"] = f"{already * text_percent / 100:g}"
    application = QApplication(sys.argv[:1])
    application.setApplicationName("ccsd")
    apply_theme(application, theme)
    return application


def assemble(
    *,
    state: State | None = None,
    start_folder: Path | None = None,
    program: str = entry.PROGRAM,
    read_case: LoadCase | None = None,
    cache: ResultCache | None = None,
    describe: Callable[[str | None], ModelInfo] = model_info,
    limits: Limits | None = None,
) -> Parts:
    """Build the window and everything that it uses; nothing is started yet.

    Args:
        state: The first state.
        start_folder: First folder of file dialogs.
        program: Module of the inference process.
        read_case: Reads a case for the window; None is the real reader.
        cache: Stores results on disk; None stores none.
        describe: Describes a model by its name or path, before it is loaded.
        limits: The user's limits for the inference process.
    """
    session = Session(state)
    queued_call = QueuedCall()
    reader = JobRunner(ThreadPoolExecutor(1, thread_name_prefix="ccsd-reader"), queued_call)
    connect = partial(_connect, queued_call, program, limits)
    background_cache = None
    if cache is not None:
        cache_executor = ThreadPoolExecutor(1, thread_name_prefix="ccsd-results")
        background_cache = BackgroundCache(cache, cache_executor, queued_call, describe)
    engine = Engine(
        session, connect, reader, read_case or _read_case, background_cache=background_cache
    )
    window = MainWindow(session, engine, start_folder=start_folder)
    queued_call.setParent(window)
    window.destroyed.connect(queued_call.close)
    return Parts(session, engine, window)


def _offer_tour_once(window: MainWindow) -> None:
    settings = load_settings()
    if settings.tour_offered:
        return
    window.teaching.offer.show()
    with suppress(ResourceError):
        save_settings(settings.model_copy(update={"tour_offered": True}))


def _enlarge_on_large_screen(application: QApplication, settings: Settings) -> None:
    """Use larger text on a large screen; the preferred percentage is in the scale already."""
    room = application.primaryScreen().availableSize() * (settings.text_percent / 100)
    factor = suitable_factor(room)
    if factor != text_factor():
        apply_theme(application, member_named(ThemeName, settings.theme), text=factor)


def _show_sized_to_screen(window: MainWindow) -> None:
    """Show the window on most of the screen, or maximised on a small screen."""
    room = window.screen().availableSize()
    window.setMinimumSize(window.minimumSize().boundedTo(room))
    if room.width() <= SMALL_SCREEN[0] or room.height() <= SMALL_SCREEN[1]:
        window.showMaximized()
        return
    window.resize(room.boundedTo(QSize(*LARGEST)) * SHARE_OF_SCREEN)
    window.show()


def _connect(
    queued_call: QueuedCall,
    program: str,
    limits: Limits | None,
    on_events: Callable[[Sequence[Event]], None],
) -> WorkerClient:
    return WorkerClient(
        on_events=on_events, queued_call=queued_call, program=program, limits=limits
    )


def _read_case(
    path: Path, files: Overrides | None, *, default_scheme: LabelScheme | None = None
) -> Case:
    return load_case(path, files=files, labels_needed=False, default_scheme=default_scheme)


def _report_bug(
    session: Session,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    *,
    log: Callable[[str], None] = lambda text: None,
) -> None:
    """Show an unexpected exception in the window; the traceback goes to the log."""
    traceback.print_exception(kind, error, trace)
    log("".join(traceback.format_exception(kind, error, trace)))
    session.become(session.state.with_problem(bug_line(error)))


def initial_state(settings: Settings) -> State:
    """The initial state of a window, with the preferences that the user chose last time."""
    return replace(
        State(),
        radiological=settings.radiological,
        prepare=settings.prepare,
        scan_minutes=minutes_from(settings.scan_minutes),
        mouse=member_named(MousePreset, settings.mouse),
        colours=member_named(ColourScheme, settings.colours),
    )


def _preferences(state: State) -> dict[str, object]:
    """The preferences that are saved in the settings, by the names of their fields."""
    return {
        "radiological": state.radiological,
        "prepare": state.prepare,
        "scan_minutes": stored_minutes(state.scan_minutes),
        "mouse": state.mouse.name,
        "colours": state.colours.name,
    }


def _save_changes(engine: Engine, old: State, new: State) -> None:
    """Save preferences and recent cases when they change; a failure is ignored."""
    opened = new.case is not None and new.case is not old.case
    preferences = _preferences(new)
    if not opened and preferences == _preferences(old):
        return
    settings = load_settings().model_copy(update=preferences)
    if opened and engine.opened is not None and not is_demo(engine.opened.path):
        opened_with = engine.opened
        overrides: dict[Role, Override | None] = {
            **(opened_with.files or {}),
            **opened_with.not_found,
        }
        recent = RecentCase.of(opened_with.path.absolute(), overrides)
        settings = settings.with_recent(recent)
    try:
        save_settings(settings)
    except ResourceError:
        return
