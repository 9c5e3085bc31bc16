"""The status bar: the bridge's state, the rates of the whole chain, and the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.health import away, away_words
from gui.viewmodels.live import Live
from gui.viewmodels.words import elapsed, moment, number, per_second, state_word, tr

_SHAPES = {"starting": "connecting", "draining": "connecting", "died": "failed"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its name; `is_alarming` when a person should look at it."""

    name: str
    value: str
    is_alarming: bool = False


@dataclass(frozen=True, slots=True)
class StatusTexts:
    """Everything the bar shows.

    Attributes:
        shape: Name of the state whose shape is shown.
        word: The bridge's state.
        uptime: How long it has run; empty when it does not.
        figures: The rates and counts, in order; none before the first start.
        busy: What takes its time.
        feeds: The memory of live lists; empty while there are no rows.
        file: When the workspace file was written last.
    """

    shape: str
    word: str
    uptime: str = ""
    figures: tuple[Figure, ...] = ()
    busy: str = ""
    feeds: str = ""
    file: str = ""


class StatusViewModel(QObject):
    """Makes the texts; new ones only when something changed.

    Signals:
        changed: A `StatusTexts`.
    """

    changed = Signal(object)

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self._live = live
        self._file = ""
        self._texts = StatusTexts("stopped", "")
        live.changed.connect(self._refresh)
        live.workspaceChanged.connect(self._look_at_file)
        live.session.busyChanged.connect(self._refresh)
        live.feeds.changed.connect(self._refresh)
        self._look_at_file()

    @property
    def texts(self) -> StatusTexts:
        """What is shown now."""
        return self._texts

    @Slot()
    def _look_at_file(self) -> None:
        self._file = _saved(self._live)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        texts = self._make()
        if texts != self._texts:
            self._texts = texts
            self.changed.emit(texts)

    def _make(self) -> StatusTexts:
        live, session = self._live, self._live.session
        if session.loaded is None:
            return StatusTexts("stopped", tr("No workspace open"), busy=session.busy)
        snapshot = live.snapshot
        if (silence := live.silence) is not None:
            return StatusTexts(
                shape=silence.status,
                word=silence.reason,
                figures=figures(live),
                busy=session.busy,
                feeds=live.feeds.text,
                file=self._file,
            )
        is_up = live.is_running and snapshot is not None
        missing = _missing(live) if session.state == "starting" and is_up else None
        shape, word, why = missing or (
            _SHAPES.get(session.state, session.state),
            state_word(session.state),
            "",
        )
        return StatusTexts(
            shape=shape,
            word=word,
            uptime=elapsed(snapshot.uptime_s) if is_up and snapshot is not None else "",
            figures=figures(live),
            busy=session.busy or why,
            feeds=live.feeds.text,
            file=self._file,
        )


def _missing(live: Live) -> tuple[str, str, str] | None:
    """Say of an engine that starts which connectors keep it from being up, and why.

    Returns:
        Shape, words and the reason of the first; None while every source may yet come.
    """
    at_work = live.at_work
    sources = [at_work.saved_name("connector", name) for name in at_work.workspace.connectors.mqtt]
    names = away(live)
    if not any(name in sources for name in names):
        return None
    state, words = live.connector_state(names[0]), away_words(names)
    if not any(live.connector_state(each).status == "connected" for each in sources):
        return state.status, words, state.reason
    return "degraded", tr("Running, but {what}").format(what=words), state.reason


def figures(live: Live) -> tuple[Figure, ...]:
    """Sum up the chain: what comes in, passes, goes out, is on its way, and was lost."""
    if live.snapshot is None:
        return ()
    actions = live.snapshot.actions.values()
    dropped = sum(action.dropped for action in actions)
    waiting = sum(action.inflight + action.queuing for action in actions)
    rates = (
        Figure(tr("in"), per_second(live.in_rate())),
        Figure(tr("passed"), per_second(live.passed_rate())),
        Figure(tr("out"), per_second(live.out_rate())),
    )
    return (
        *(rates if live.silence is None else ()),
        Figure(tr("inflight"), number(waiting)),
        Figure(tr("dropped"), number(dropped), is_alarming=dropped > 0),
    )


def _saved(live: Live) -> str:
    path = live.session.path
    if path is None:
        return ""
    if live.session.is_demo:
        return tr("demo")
    try:
        written_s = path.stat().st_mtime
    except OSError:
        return tr("file is gone")
    now = datetime.now(UTC).astimezone()
    return tr("saved {when}").format(
        when=moment(datetime.fromtimestamp(written_s, now.tzinfo), now)
    )
