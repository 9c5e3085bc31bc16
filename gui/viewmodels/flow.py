"""The flow map: cards for topic filters, rules, actions and Kafka topics, and the wires between."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from core.workspace.model import Rule
from gui.viewmodels.facts import ActionFacts, action_facts
from gui.viewmodels.live import DISABLED, Live, State, not_applied
from gui.viewmodels.rates import SPAN_S
from gui.viewmodels.words import number, per_second, plural, tr

Look: TypeAlias = Literal["live", "rest", "warn", "bad", "off"]
"""How a wire looks: messages move, none do, they fail sometimes, they fail, disabled."""

TRAIL_S: Final = 60.0
_POINTS_A_SECOND: Final = 2
_TRAIL: Final = round(TRAIL_S * _POINTS_A_SECOND)

_FAILING: Final[dict[str, Look]] = {
    "degraded": "warn",
    "connecting": "warn",
    "disconnected": "bad",
    "failed": "bad",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One card.

    Attributes:
        key: What it is, stable while the workspace is the same: `filter:source/topic`.
        kind: What it is, in a word, as a screen reader hears it.
        name: The first line.
        detail: The second line.
        state: Its state.
        rate: Messages or records a second.
        target: The document that Enter opens; empty for none.
        has_rate: Whether the rate is known; it is not while the engine does not answer.
    """

    key: str
    kind: str
    name: str
    detail: str
    state: State
    rate: float
    target: str
    has_rate: bool = True

    @property
    def object_key(self) -> str:
        """The object that is renamed or deleted by this card: a rule, or the connector of a topic.

        Empty for an action, which belongs to its rules.
        """
        return "" if self.key.startswith("action:") else self.target

    @property
    def tone(self) -> str:
        """The name of the detail's colour."""
        look = _FAILING.get(self.state.status)
        return look if look in ("warn", "bad") else "text3"

    @property
    def spoken(self) -> str:
        """The whole card in words."""
        parts = [self.name, self.kind, self.state.word, self.state.reason, self.detail]
        if self.has_rate:
            parts.append(per_second(self.rate))
        return ", ".join(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class Wire:
    """From one card to a card of the next column, by their keys."""

    start: str
    end: str
    rate: float
    look: Look


@dataclass(frozen=True, slots=True)
class Column:
    """A column of cards, under its name and the sum of their rates."""

    title: str
    sum: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole map; columns from left to right."""

    columns: tuple[Column, ...] = ()
    wires: tuple[Wire, ...] = ()

    def card(self, key: str) -> Card | None:
        """Find a card."""
        return next((c for column in self.columns for c in column.cards if c.key == key), None)

    def column_of(self, key: str) -> tuple[Card, ...]:
        """Give the cards of the column that a card is in."""
        for column in self.columns:
            if any(card.key == key for card in column.cards):
                return column.cards
        return ()

    def after(self, key: str) -> list[str]:
        """List the cards that a card's wires lead to."""
        return [wire.end for wire in self.wires if wire.start == key]

    def before(self, key: str) -> list[str]:
        """List the cards whose wires lead to a card."""
        return [wire.start for wire in self.wires if wire.end == key]


class FlowModel(QObject):
    """Keeps the map of what runs, and each card's rates of the last minute.

    Signals:
        changed: Cards, states or numbers are new.
    """

    changed = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live = live
        self._trails: dict[str, deque[float]] = {}
        self._at_s = -1.0
        self.flow = flow_of(live)
        live.changed.connect(self._refresh)
        live.partitions.changed.connect(self._refresh)

    def trail(self, key: str) -> tuple[float, ...]:
        """Give a card's rates, two a second, the newest last."""
        return tuple(self._trails.get(key, ()))

    @Slot()
    def _refresh(self) -> None:
        before, self.flow = self.flow, flow_of(self._live)
        snapshot = self._live.snapshot
        has_point = snapshot is not None and snapshot.uptime_s != self._at_s
        if snapshot is not None and has_point and self._live.is_running:
            if snapshot.uptime_s < self._at_s:
                self._trails = {}
            self._at_s = snapshot.uptime_s
            if self._at_s > SPAN_S:  # before that, rates only grow into their span
                self._take_point()
        if has_point or before != self.flow:
            self.changed.emit()

    def _take_point(self) -> None:
        cards = [card for column in self.flow.columns for card in column.cards]
        before = self._trails
        self._trails = {card.key: before.get(card.key, deque(maxlen=_TRAIL)) for card in cards}
        for card in cards:
            self._trails[card.key].append(card.rate)


def flow_of(live: Live) -> Flow:
    """Lay out the open workspace; cheap enough for every snapshot."""
    rules = _rules(live)
    names = dict.fromkeys(name for rule in rules.values() for name in rule.actions)
    names |= dict.fromkeys((*live.workspace.actions.kafka, *live.workspace.actions.republish))
    actions = [action_facts(live.workspace, name) for name in names]
    at_work = [live.at_work.action(name) for name in names]
    topics = dict.fromkeys(
        (a.connector, a.target) for a in (*at_work, *actions) if a.kind == "kafka"
    )
    columns = (
        Column(
            tr("Topic filters"),
            tr("{rate} in").format(rate=short_rate(live.in_rate())),
            tuple(_filter_card(live, *pair) for pair in _filters(live)),
        ),
        Column(
            tr("Rules"),
            tr("{rate} passed").format(rate=short_rate(live.passed_rate())),
            tuple(_rule_card(live, name, rule) for name, rule in rules.items()),
        ),
        Column(
            tr("Actions"),
            short_rate(sum(live.rate("action.matched", action.name) for action in actions)),
            tuple(_action_card(live, action) for action in actions),
        ),
        Column(
            tr("Kafka topics"),
            tr("{rate} out").format(rate=short_rate(live.out_rate())),
            tuple(_topic_card(live, actions, at_work, *pair) for pair in topics),
        ),
    )
    if live.silence is not None:
        columns = tuple(_without_rates(column) for column in columns)
    return Flow(columns, (*_rule_wires(live, list(names)), *_topic_wires(live, actions, at_work)))


def _rules(live: Live) -> dict[str, Rule]:
    """Give the rules of the file, and behind them those that it has no more and that still run."""
    at_work, saved = live.at_work, live.workspace.rules
    found = dict(saved)
    for name, rule in at_work.workspace.rules.items():
        if rule.enable and live.is_running and at_work.saved_name("rule", name) not in saved:
            actions = tuple(at_work.saved_name("action", action) for action in rule.actions)
            found[name] = rule.model_copy(update={"actions": actions})
    return found


def _without_rates(column: Column) -> Column:
    cards = tuple(replace(card, has_rate=False) for card in column.cards)
    return replace(column, sum="", cards=cards)


def short_rate(value: float) -> str:
    """Write a rate with its unit; nothing at all is a plain zero."""
    return per_second(value) if value else tr("0/s")


def _filters(live: Live) -> list[tuple[str, str]]:
    """List what rules listen to, as (source, filter); what is not subscribed comes last."""
    found = dict.fromkeys(live.filters())
    for name, rule in live.workspace.rules.items():
        found |= dict.fromkeys(_filters_of(live, name, rule))
    return list(found)


def _filters_of(live: Live, name: str, rule: Rule) -> list[tuple[str, str]]:
    source = live.workspace.source_of(rule)
    if source is None or name not in live.facts:
        return []
    return [(source, topic) for topic in live.facts[name].topics]


def _filter_card(live: Live, source: str, topic: str) -> Card:
    state, detail = live.connector_state(source), source
    if (source, topic) not in live.filters():
        state = _not_subscribed(live, source, topic)
        detail = state.word
    stats = live.source_stats(source)
    granted = stats.filters.get(topic) if stats is not None else None
    if state.status == "connected" and granted is not None:
        if granted.granted_qos is None:
            reason = tr("The broker has not answered the subscription yet.")
            state, detail = State("connecting", reason), tr("{source}, subscribing")
        else:
            detail = tr("{source}, QoS {qos}")
        detail = detail.format(source=source, qos=granted.granted_qos)
    elif state.status in _FAILING:
        detail = state.word
    rate = live.rate("filter", (source, topic))
    key = f"filter:{source}/{topic}"
    return Card(key, tr("topic filter"), topic, detail, state, rate, f"connector:{source}")


def _not_subscribed(live: Live, source: str, topic: str) -> State:
    """Tell of a filter that nothing listens to yet as one of the rules that will; else disabled."""
    for name, rule in live.workspace.rules.items():
        if rule.enable and (source, topic) in _filters_of(live, name, rule):
            return not_applied()
    return DISABLED


def _rule_card(live: Live, name: str, rule: Rule) -> Card:
    state = live.rule_state(name)
    is_saved = name in live.workspace.rules
    detail = state.word if is_saved else tr("Deleted, runs until Apply")
    source = live.workspace.source_of(rule)
    is_source = source is not None and live.connector_state(source).status == state.status
    if state.status in _FAILING and not is_source:
        found = [live.action_state(action).status for action in live.actions_of(rule)]
        wrong = [status for status in found if status in _FAILING]
        if live.rate("rule.exceptions", name):
            detail = tr("Fails on messages")
        elif wrong:
            detail = _wrong_actions(wrong)
    rate = live.rate("rule.passed", name)
    key = f"rule:{name}"
    return Card(key, tr("rule"), name, detail, state, rate, key if is_saved else "")


def _wrong_actions(statuses: list[str]) -> str:
    """Say how many actions of a rule are not as they should be, by the word that they say."""
    count = len(statuses)
    match sorted(set(statuses)):
        case ["failed"]:
            return plural("%n action failed", "%n actions failed", count)
        case ["disconnected"]:
            return plural("%n action not connected", "%n actions not connected", count)
        case ["connecting"]:
            return plural("%n action connecting", "%n actions connecting", count)
        case ["degraded"]:
            return plural("%n action degraded", "%n actions degraded", count)
        case _:
            return plural("%n action in trouble", "%n actions in trouble", count)


def _action_card(live: Live, action: ActionFacts) -> Card:
    users, state = live.users(action.name), live.action_state(action)
    stats = live.action_stats(action.name)
    lost = stats.failed + stats.dropped if stats is not None else 0
    detail = state.word if users or live.at_work.is_fed(action.name) else tr("No rule calls it")
    if lost and state.status not in ("stopped", "disabled"):
        detail = tr("{word}, {count} failed").format(word=detail, count=number(lost))
    rate = live.rate("action.success", action.name)
    target = f"rule:{users[0]}" if users else ""
    return Card(f"action:{action.name}", tr("action"), action.name, detail, state, rate, target)


def _topic_card(
    live: Live,
    actions: list[ActionFacts],
    at_work: list[ActionFacts],
    connector: str,
    topic: str,
) -> Card:
    place = ("kafka", connector, topic)
    writers = [each for each in at_work if (each.kind, each.connector, each.target) == place]
    rules = live.workspace.rules
    if any(action.is_enabled and live.at_work.is_fed(action.name) for action in writers):
        state = live.connector_state(connector)
    elif any(
        rules[name].enable
        for action in actions
        if action.is_enabled and (action.kind, action.connector, action.target) == place
        for name in live.users(action.name)
    ):
        state = not_applied()
    else:
        state = DISABLED
    rate = sum(live.rate("action.success", action.name) for action in writers)
    count = live.partitions.count(connector, topic)
    detail = plural("%n partition", "%n partitions", count) if count else connector
    if state.status in _FAILING:
        detail = state.word
    key = f"topic:{connector}/{topic}"
    return Card(key, tr("Kafka topic"), topic, detail, state, rate, f"connector:{connector}")


def _rule_wires(live: Live, actions: Sequence[str]) -> list[Wire]:
    """Wire filters to rules, and rules to actions: those of the file, and those that run."""
    found: list[Wire] = []
    for name, rule in _rules(live).items():
        heard, called = live.at_work.heard(name), live.at_work.called(name)
        for source, topic in dict.fromkeys((*heard, *_filters_of(live, name, rule))):
            is_on = (source, topic) in heard
            rate = live.rate("filter", (source, topic)) if is_on else 0.0
            look = _look(live.connector_state(source), rate) if is_on else "off"
            found.append(Wire(f"filter:{source}/{topic}", f"rule:{name}", rate, look))
        for action in dict.fromkeys((*called, *rule.actions)):
            if action not in actions:
                continue  # it runs, and the file has it no more
            is_on = action in called and live.at_work.action(action).is_enabled
            rate = live.rate("rule.passed", name) if is_on else 0.0
            look: Look = "off"
            if is_on:
                is_failing = live.rate("rule.exceptions", name) > 0
                look = "warn" if is_failing else "live" if rate else "rest"
            found.append(Wire(f"rule:{name}", f"action:{action}", rate, look))
    return found


def _topic_wires(live: Live, actions: list[ActionFacts], at_work: list[ActionFacts]) -> list[Wire]:
    """Wire actions to the topics they write to: by the file, and as they run."""
    found: list[Wire] = []
    for saved, runs in zip(actions, at_work, strict=True):
        card = _action_card(live, saved)
        kafka = (each for each in (runs, saved) if each.kind == "kafka")
        for place in dict.fromkeys((each.connector, each.target) for each in kafka):
            is_on = card.state.status != "disabled" and place == (runs.connector, runs.target)
            look = _look(card.state, card.rate) if is_on else "off"
            rate = card.rate if is_on else 0.0
            found.append(Wire(card.key, "topic:{}/{}".format(*place), rate, look))
    return found


def _look(state: State, rate: float) -> Look:
    return _FAILING.get(state.status, "live" if rate else "rest")
