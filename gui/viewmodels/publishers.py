"""Whether messages carry the names of their publishers, which only live messages can tell."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.bridge.events import MessageSample
from core.sql.topics import topic_matches
from core.workspace.problems import Problem, Unsupplied
from gui.viewmodels.session import Session

if TYPE_CHECKING:
    from gui.viewmodels.live import Live

_TOPICS: Final = 500
_MESSAGES: Final = 20
_PAUSE_MS: Final = 250


class Publishers(QObject):
    """Remembers which user properties the last sampled messages of each topic have carried.

    That a rule reads `clientid` is a warning as long as nobody knows whether the publishers send
    it. Messages that all carry it solve that; one without it brings the warning back. At most 500
    topics are remembered, the ones seen last, with 20 messages each. Belongs to the loop's thread.

    Signals:
        changed: Topics carry other sets of properties than before; at most four times a second, as
            those who listen look through all of them.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._path = session.path
        self._seen: OrderedDict[tuple[str, str], deque[frozenset[str]]] = OrderedDict()
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self.changed)
        session.messageSampled.connect(self._take)
        session.workspaceChanged.connect(self._forget_other_workspace)

    def is_supplied(self, what: Unsupplied, filters: Iterable[str]) -> bool:
        """Tell whether there were messages, and all of them have brought the column.

        Args:
            what: A column that a source need not supply.
            filters: Topic filters whose messages count; none for all of the source.
        """
        if not what.user_property:
            return False
        wanted = tuple(filters)
        seen = [
            properties
            for (source, topic), messages in self._seen.items()
            if source == what.source
            and (not wanted or any(topic_matches(topic, entry) for entry in wanted))
            for properties in messages
        ]
        return bool(seen) and all(what.user_property in properties for properties in seen)

    @Slot(object)
    def _take(self, sample: MessageSample) -> None:
        key = (sample.source, sample.topic)
        messages = self._seen.setdefault(key, deque(maxlen=_MESSAGES))
        self._seen.move_to_end(key)
        before = set(messages)
        messages.append(frozenset(name for name, _ in sample.properties.user))
        if len(self._seen) > _TOPICS:
            self._seen.popitem(last=False)
        if set(messages) != before and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _forget_other_workspace(self) -> None:
        if self._session.path != self._path:
            self._path = self._session.path
            self._seen.clear()
            self.changed.emit()


def is_solved(problem: Problem, live: Live) -> bool:
    """Tell whether live messages have shown that a problem of the saved file is none."""
    what = problem.unsupplied
    if what is None:
        return False
    rules = live.workspace.rules
    parts = problem.path.replace('"', "").split(".")
    if parts[0] == "rules":
        names = [parts[1]]
    else:  # an action: every rule that calls it
        names = [name for name, rule in rules.items() if parts[2] in rule.actions]
    filters = {topic for name in names if name in live.facts for topic in live.facts[name].topics}
    return live.publishers.is_supplied(what, filters)
