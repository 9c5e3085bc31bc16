"""What went wrong, above the pages: problems of the file, commands that failed, a dead engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from gui.viewmodels.words import problem_sentences, sentences

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_LAST_WORDS: Final = 3
"""How many lines of a dead engine's log are shown."""


class Failures(QObject):
    """Shows one sentence at a time in the banner, which goes when it is solved or closed."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._banner = window.documents.banner
        self._tells_problem = False
        self._silence = ""
        self._tells_restart = False  # the banner outlives the state that hides it
        self._session.failed.connect(self.show)
        self._session.engineDied.connect(self._show_death)
        self._session.stateChanged.connect(self._take_state)
        self._session.silence.changed.connect(self._take_silence)

    @Slot(str, str)
    def show(self, message: str, hint: str) -> None:
        """Say what could not be done, and what to do next, where it is seen."""
        text = sentences(message, hint)
        if self._session.loaded is None:
            self._window.statusBar().setAccessibleName(text)
            self._window.welcome.say(text)
        else:
            self._tells_problem = False
            self._window.documents.say(text)

    def take_workspace(self) -> None:
        """Say what is wrong with another version of the file, or no longer."""
        self._show_problems()
        self._take_state()

    def _show_problems(self) -> None:
        """Show the first error of the file in the banner, and how many more there are."""
        errors = [p for p in self._session.problems if p.severity == "error"]
        if not errors:
            if self._tells_problem:  # it is solved
                self._tells_problem = False
                self._banner.hide()
            return
        self._tells_problem = True
        first, more = errors[0], len(errors) - 1
        rest = self.tr("And {count} more.").format(count=more) if more else ""
        loaded = self._session.loaded
        if self._window.drafts.dirty and loaded is not None and not loaded.is_readable:
            rest = self.tr("Your edits are kept until then.")
        self._window.documents.say(f"{problem_sentences(first)} {rest}".strip())

    @Slot(str, bool)
    def _show_death(self, words: str, starts_again: bool) -> None:
        if starts_again:
            text = self.tr("The engine stopped unexpectedly and was started again.")
        else:
            text = self.tr("The engine stopped unexpectedly; nothing is moved.")
        last = [line.strip() for line in words.splitlines() if line.strip()][-_LAST_WORDS:]
        text = f"{text} {last[0]}" if len(last) == 1 else "\n".join((text, *last))
        link = "" if starts_again else self.tr("Restart")
        self._tells_restart, self._tells_problem = starts_again, False
        status = "degraded" if starts_again else "failed"
        self._window.documents.say(text, status=status, link=link, do=self._session.start)

    @Slot()
    def _take_silence(self) -> None:
        """Say that the engine does not answer, until it does."""
        before, silence = self._silence, self._window.live.silence
        self._silence = f"{silence.reason}." if silence is not None else ""
        if silence is not None:
            self._tells_problem = False
            link, restart = self.tr("Restart"), self._session.restart
            self._window.documents.say(self._silence, link=link, do=restart)
        elif self._banner.label.whole_text() == before:
            self._banner.hide()
            self._show_problems()

    @Slot()
    def _take_state(self) -> None:
        """Have what a running bridge has solved go; what is wrong with the file stays."""
        if self._session.state == "running" and not self._tells_problem:
            self._banner.setVisible(self._tells_restart)
            self._tells_restart = False
