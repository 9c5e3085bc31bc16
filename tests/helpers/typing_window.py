"""A window in which somebody types a rule, payloads and a password, in a process of its own.

With `type` it types and says so, and again when a second has passed; with `look` it says what it
found when it opened the workspace.
"""

from __future__ import annotations

import json
import sys
from typing import Any

SECRET = "tr0ub4dor-canary"
TYPED = " WHERE qos > 0"
SENT = "to be sent"
TRIED = "to be tried"


def main() -> int:
    """Open the named workspace and do what is asked."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    from core.cli.window import window_options
    from gui.app import run_window
    from gui.main_window import MainWindow
    from gui.theme import Theme
    from gui.viewmodels.session import Session

    workspace, what = sys.argv[1:]

    def tell(**facts: object) -> None:
        print(json.dumps(facts), flush=True)

    def type_all(window: MainWindow) -> None:
        window.open_document("connector:plant")
        connector: Any = window.documents.page("connector:plant")
        secret = connector.fields.editor("password")
        QTest.keyClick(secret.change_button, Qt.Key.Key_Return)
        QTest.keyClicks(secret.line, SECRET)
        QTest.keyClick(secret.line, Qt.Key.Key_Return)
        window.open_document("rule:all")
        page: Any = window.documents.page("rule:all")
        page.focus_editor()
        editor = page.panel.editor
        QTest.keyClick(editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, TYPED)
        for edit, text in (
            (window.publish.mqtt.payload.edit, SENT),
            (page.test.payload.edit, TRIED),
        ):
            edit.selectAll()
            QTest.keyClicks(edit, text)
        QTimer.singleShot(1_000, window, lambda: tell(is_second_over=True))
        tell(typed=editor.toPlainText(), dirty=window.drafts.dirty)

    def look(window: MainWindow) -> None:
        banner = window.documents.notices["drafts"]
        if not banner.isVisible():
            return
        sql = window.drafts.value("rule:all", ("sql",))
        window.open_document("rule:all")
        page: Any = window.documents.page("rule:all")
        sent, tried = window.publish.mqtt.payload.edit, page.test.payload.edit

        def tell_all() -> None:
            if (sent.toPlainText(), tried.toPlainText()) != (SENT, TRIED):
                return  # not read yet
            poll.stop()
            tell(said=banner.accessibleName(), sql=sql, dirty=window.drafts.dirty)

        poll = QTimer(window, interval=50)
        poll.timeout.connect(tell_all)
        poll.start()

    def make(session: Session, theme: Theme) -> QWidget:
        window = MainWindow(session, theme)
        session.failed.connect(lambda *words: print(*words, file=sys.stderr, flush=True))
        if what == "type":
            window.live.factsChanged.connect(
                lambda: QTimer.singleShot(0, window, lambda: type_all(window)),
                Qt.ConnectionType.SingleShotConnection,
            )
        else:
            window.notices.journal.changed.connect(
                lambda: QTimer.singleShot(0, window, lambda: look(window))
            )
        return window

    assert QApplication.instance() is None
    return run_window(window_options([workspace]), lambda text: text, make)


if __name__ == "__main__":
    sys.exit(main())
