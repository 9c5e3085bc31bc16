"""What is seen for a while alone: work that goes on, nothing that is found, and its ways out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from gui.viewmodels.rule_trial import FieldChange

if TYPE_CHECKING:
    from .scenes import Stage


def _said(context: str, text: str) -> str:
    """Give words of the window in its language."""
    return QCoreApplication.translate(context, text)


def recent_workspaces(stage: Stage) -> QWidget:
    welcome, path = stage.empty.welcome, stage.window.session.path
    assert path is not None
    recent = stage.empty.session._recent

    def forget() -> None:
        recent.clear()
        welcome._recent.refresh()

    stage._activate(stage.empty)
    recent.add(path)
    welcome._recent.refresh()
    stage.afterwards(forget)
    stage.until(lambda: welcome._rows)
    welcome.say(f"There is no file {path.with_name('gone.toml')}. Open another one, or begin anew.")
    stage.afterwards(welcome.banner.hide)
    return welcome


def loading_tail(stage: Stage) -> QWidget:
    tail, panel = stage.tail("key"), stage.window.tail.panel
    panel.loading.say("48,123,456", _said("TailPanel", "Stop"), 0.4)
    stage.afterwards(lambda: panel.loading.say("", "", 0.0))
    return tail


def results_of_cases(stage: Stage) -> QWidget:
    page = stage.rule()
    page.test.cases.run.click()
    stage.until(lambda: page.test._cases.has_run)
    page.test.cases.verdict.click()
    stage.afterwards(page.test.show_test)
    stage.until(page.test.case_results.isVisible)
    return page.test.case_results


def waiting(stage: Stage) -> QWidget:
    """The status bar while messages in flight are waited for."""
    bar: Any = stage.window.statusBar()
    stage.page("overview")
    bar.busy.setText("12,345")
    bar.way_out.setText(_said("words", "Apply now"))
    for part in (bar.busy, bar.progress, bar.way_out):
        part.show()
        stage.afterwards(part.hide)
    return bar


def sending(stage: Stage) -> QWidget:
    """A sequence of messages that is being sent."""
    publish, page = stage.publish("mqtt"), stage.window.publish
    page.result.show_steps([])  # what became of the one before has gone by then
    page.progress.setText("12 / 400")
    for part in (page.progress, page.stop_button):
        part.show()
        stage.afterwards(part.hide)
    return publish


def sending_again(stage: Stage) -> QWidget:
    """Dead letters that are being sent again."""
    page: Any = stage.dead_letters("message")
    patch = pytest.MonkeyPatch()
    patch.setattr(type(page.model), "job_text", "12 / 400")
    stage.afterwards(page._show_checked)
    stage.afterwards(patch.undo)
    page._show_checked()
    assert page.bulk.stop_button.isVisible()
    return page


def _filtered_away(stage: Stage, page: Any, root: QWidget) -> QWidget:
    page.filter.setText("zzzz")
    stage.afterwards(page.filter.clear)
    return root


def no_lines(stage: Stage) -> QWidget:
    root = stage.bottom("log")
    return _filtered_away(stage, stage.window.bottom.page("log"), root)


def no_functions(stage: Stage) -> QWidget:
    page = stage.page("reference")
    return _filtered_away(stage, page, page)


def found_in_a_rule(stage: Stage) -> QWidget:
    """What is found in a statement, whose output has changed since."""
    page: Any = stage.finding()
    page.panel.find_bar.field.setText("temp")
    stage.until(page.panel.find_bar.next.isEnabled)
    test = page._editor.test
    stage.until(lambda: test.result.outcome == "passed")
    patch = pytest.MonkeyPatch()
    patch.setattr(type(test), "changes", (FieldChange("temp", "20.5 → 21.5"), FieldChange("hum")))
    stage.afterwards(test.resultChanged.emit)
    stage.afterwards(patch.undo)
    test.resultChanged.emit()
    assert page.test.result.values.isVisible()
    return page


def folded_navigator(stage: Stage) -> QWidget:
    stage.page("overview")
    stage.window.navigator.hide()
    stage.afterwards(stage.window.navigator.show)
    stage.until(stage.window.left_strip.isVisible)
    return stage.window.left_strip


PASSING: Final[dict[str, Callable[[Stage], QWidget]]] = {
    "recent workspaces": recent_workspaces,
    "tail that loads": loading_tail,
    "results of cases": results_of_cases,
    "waiting for messages": waiting,
    "messages being sent": sending,
    "dead letters being sent": sending_again,
    "no lines in the log": no_lines,
    "no functions": no_functions,
    "found in a rule": found_in_a_rule,
    "folded navigator": folded_navigator,
}
"""States of the window that pass, by their names."""
