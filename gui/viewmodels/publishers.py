"""Whether messages carry the names of their publishers, which only live messages can tell."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Set
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
        self._told: dict[tuple[Unsupplied, Set[str]], bool] = {}
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self.changed)
        session.messageSampled.connect(self._take)
        session.workspaceChanged.connect(self._forget_other_workspace)

    def is_supplied(self, what: Unsupplied, filters: Iterable[str]) -> bool:
        """Tell whether there were messages, and all of them have brought the column.

        Args:
            what: A column that a source need not supply.
            filters: Topic filters whose messages count; none for all of the source.

        Cost: O(filters times topics), once until topics carry other properties; O(1) after that.
        """
        if not what.user_property:
            return False
        asked = what, frozenset(filters)
        if asked not in self._told:
            self._told[asked] = self._look_for(*asked)
        return self._told[asked]

    def _look_for(self, what: Unsupplied, wanted: Set[str]) -> bool:
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
        has_dropped = len(self._seen) > _TOPICS
        if has_dropped:
            self._seen.popitem(last=False)
        is_other = set(messages) != before
        if is_other or has_dropped:
            self._told.clear()
        if is_other and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _forget_other_workspace(self) -> None:
        if self._session.path != self._path:
            self._path = self._session.path
            self._seen.clear()
            self._told.clear()
            self.changed.emit()


def is_solved(problem: Problem, live: Live) -> bool:
    """Tell whether live messages have shown that a problem of the saved file is none."""
    what = problem.unsupplied
    if what is None:
        return False
    parts = problem.path.replace('"', "").split(".")
    if parts[0] != "rules":
        return live.publishers.is_supplied(what, live.action_filters(parts[2]))
    facts = live.facts.get(parts[1])
    return live.publishers.is_supplied(what, facts.topics if facts is not None else ())
