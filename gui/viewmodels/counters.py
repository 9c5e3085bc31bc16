"""The counters as sums: what was received, what became of it, down to each action's records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from core.bridge.invariants import imbalances
from core.bridge.metrics import ActionStats, RuleStats, Snapshot
from gui.viewmodels.counter_reset import Reset
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.live import Live
from gui.viewmodels.loss_words import told
from gui.viewmodels.words import number, tr

FAILED_MESSAGES: Final = "outcome:failed"
PASSED_MESSAGES: Final = "outcome:passed"
EMPTY_MESSAGES: Final = "outcome:no_result"
"""Filters of the feed that show the messages behind a counter."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One summand.

    Attributes:
        key: Stable while the workspace is the same.
        name: What is counted.
        total: Since the start, or how many there are now.
        now: A second; None for what comes and goes.
        shows: The feed's filter for the messages behind it; empty for none.
        opens: The document that has them all; empty for none.
        is_failure: Whether each of them is a failure.
        short: What is counted, where there is little room; empty for `name`.
    """

    key: str
    name: str
    total: int
    now: float | None = None
    shows: str = ""
    opens: str = ""
    is_failure: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A sum and its summands; or a list under a heading, which has no total."""

    key: str
    name: str
    total: int | None
    counters: tuple[Counter, ...] = ()

    @property
    def difference(self) -> int:
        """What the summands leave unexplained: 0 unless something is wrong."""
        if self.total is None:
            return 0
        return self.total - sum(counter.total for counter in self.counters)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether everything is accounted for, in a sentence with a state's shape.

    Attributes:
        status: The state.
        text: The sentence.
        shorter: The same where there is little room, ever shorter.
    """

    status: str
    text: str
    shorter: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sums:
    """Adds rules up, field by field."""

    rules: list[RuleStats] = field(default_factory=list)

    def of(self, name: str) -> int:
        return sum(getattr(rule, name) for rule in self.rules)


def blocks_of(live: Live, rule: str = "", reset: Reset | None = None) -> list[Block]:
    """Lay out the counters of the whole bridge, or those that concern one rule.

    After a reset they count from then on; the sums before it are listed below.
    """
    snapshot = live.snapshot
    if snapshot is None:
        return []
    found = _blocks(live, snapshot if reset is None else reset.since(snapshot), rule)
    if live.silence is not None:
        found = [_without_rates(block) for block in found]
    if reset is None:
        return found
    before = _blocks(live, reset.before, rule)
    counters = tuple(Counter(f"before:{b.key}", b.name, b.total or 0) for b in before)
    name = tr("Before {time}").format(time=clock_time(round(reset.at_s * 1_000))[:8])
    return [*found, Block("before", name, None, counters)]


def _blocks(live: Live, snapshot: Snapshot, rule: str) -> list[Block]:
    at_work = live.at_work
    names = [at_work.name("rule", rule)] if rule else list(snapshot.rules)
    sums = _Sums([snapshot.rules[name] for name in names if name in snapshot.rules])
    actions = list(snapshot.actions)
    if rule and (found := at_work.rule(rule)) is not None:
        actions = [name for name in dict.fromkeys(found.actions) if name in snapshot.actions]
    return [
        *([] if rule else [_received(live, snapshot)]),
        _matched(live, names, sums),
        _called(live, names, sums),
        *(
            _action(live, name, snapshot.actions[name])
            for name in actions
            if snapshot.actions[name].matched or at_work.is_fed(name)
        ),
    ]


def _without_rates(block: Block) -> Block:
    return replace(block, counters=tuple(replace(each, now=None) for each in block.counters))


def verdict_of(live: Live, blocks: Sequence[Block], rule: str = "") -> Verdict:
    """Tell whether the sums are right: those of the blocks, and those since the start."""
    snapshot = live.snapshot
    if snapshot is None:
        return Verdict("not_tried", tr("Nothing counted yet"))
    if live.silence is not None:
        return Verdict(live.silence.status, live.silence.reason)
    if broken := imbalances(snapshot):
        return Verdict("degraded", tr("The counters do not add up: {what}").format(what=broken[0]))
    first, total = blocks[0], blocks[0].total or 0
    text = tr("{total} received, {explained} accounted for")
    if rule:
        text = tr("{total} matched, {explained} accounted for")
    figures = {"total": number(total), "explained": number(total - first.difference)}
    short = tr("{explained} of {total} accounted for").format(**figures)
    text = text.format(**figures)
    if wrong := next((block for block in blocks[1:] if block.difference), None):
        what = tr("{name}: {difference} missing")
        what = what.format(name=wrong.name, difference=number(wrong.difference))
        return Verdict("degraded", tr("The counters do not add up: {what}").format(what=what))
    if not first.difference:
        return Verdict("passed", text, (short, tr("All accounted for")))
    more = tr("{difference} missing").format(difference=number(first.difference))
    return Verdict("degraded", f"{text}: {more}", (more,))


def _received(live: Live, snapshot: Snapshot) -> Block:
    """List the topic filters if they explain everything; else how messages were sorted."""
    sources = snapshot.sources
    total = sum(source.received for source in sources.values())
    # As the rules name them; the engine has them by name.
    order = {each: place for place, each in enumerate(live.filters())}
    known = [(name, topic) for name, source in sources.items() for topic in source.filters]
    known.sort(key=lambda each: order.get(each, len(order)))
    by_filter = tuple(
        Counter(
            f"filter:{name}/{topic}",
            topic,
            sources[name].filters[topic].received,
            live.rate("filter", (name, topic)),
            f'topic:"{topic}"',
        )
        for name, topic in known
    )
    if by_filter and sum(counter.total for counter in by_filter) == total:
        return Block("received", tr("Received from MQTT"), total, by_filter)
    parts = {
        "matched": tr("matched by a rule"),
        "unmatched": tr("matched by none"),
        "retained_ignored": tr("retained, left out"),
        "duplicates": tr("duplicates"),
    }
    counters = (
        Counter(f"source:{key}", name, sum(getattr(s, key) for s in sources.values()))
        for key, name in parts.items()
    )
    return Block(
        "received",
        tr("Received from MQTT"),
        total,
        tuple(c for c in counters if c.total or c.key == "source:matched"),
    )


def _matched(live: Live, names: list[str], sums: _Sums) -> Block:
    def rate(what: str) -> float:
        return sum(live.rate(what, name) for name in names)

    return Block(
        "matched",
        tr("Matched by rules"),
        sums.of("matched"),
        (
            Counter(
                "rule:passed",
                tr("passed"),
                sums.of("passed"),
                rate("rule.passed"),
                PASSED_MESSAGES,
            ),
            Counter(
                "rule:no_result",
                tr("no result (filtered out)"),
                sums.of("failed_no_result"),
                rate("rule.no_result"),
                EMPTY_MESSAGES,
                short=tr("no result"),
            ),
            Counter(
                "rule:failed",
                tr("failed"),
                sums.of("failed_exception"),
                rate("rule.exceptions"),
                FAILED_MESSAGES,
                is_failure=True,
            ),
        ),
    )


def _called(live: Live, names: list[str], sums: _Sums) -> Block:
    def rate(what: str) -> float:
        return sum(live.rate(what, name) for name in names)

    return Block(
        "actions",
        tr("Actions called"),
        sums.of("actions_total"),
        (
            Counter(
                "actions:success",
                tr("success"),
                sums.of("actions_success"),
                rate("rule.success"),
                PASSED_MESSAGES,
            ),
            Counter(
                "actions:failed",
                tr("failed"),
                sums.of("actions_failed"),
                rate("rule.failed"),
                FAILED_MESSAGES,
                is_failure=True,
            ),
            Counter(
                "actions:discarded",
                tr("discarded"),
                sums.of("actions_discarded"),
                rate("rule.discarded"),
            ),
            Counter("actions:pending", tr("pending"), sums.of("actions_pending")),
        ),
    )


def _action(live: Live, name: str, stats: ActionStats) -> Block:
    counters = [
        counter
        for counter in _action_counters(live, name, stats)
        if counter.total or counter.key.endswith(("success", "inflight"))
    ]
    return Block(f"action:{name}", name, stats.matched, tuple(counters))


def _action_counters(live: Live, name: str, stats: ActionStats) -> Iterator[Counter]:
    key = f"action:{name}"
    success, failed = live.rate("action.success", name), live.rate("action.failed", name)
    passed, lost = (f'{what} action:"{name}"' for what in (PASSED_MESSAGES, FAILED_MESSAGES))
    yield Counter(f"{key}:success", tr("success"), stats.success, success, passed)
    opens = f"dead_letters:{name}" if live.letters.of(name) else ""
    kinds = {kind: n for kind, n in stats.lost.items() if kind not in ("queue_full", "expired")}
    words = told(tr("failed"), kinds, stats.failed)
    yield Counter(f"{key}:failed", words, stats.failed, failed, lost, opens, is_failure=True)
    dropped = (
        ("queue_full", tr("dropped, queue full"), stats.dropped_queue_full),
        ("expired", tr("dropped, expired"), stats.dropped_expired),
        ("other", tr("dropped"), stats.dropped_other),
    )
    for part, words, total in dropped:
        yield Counter(f"{key}:{part}", words, total, shows=lost, is_failure=True)
    yield Counter(f"{key}:queuing", tr("waiting"), stats.queuing)
    yield Counter(f"{key}:inflight", tr("inflight"), stats.inflight)
