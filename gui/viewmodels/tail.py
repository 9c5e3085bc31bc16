"""One topic as it is read: from where on, its records, and how the reading goes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.cluster_topics import ClusterTopics
from gui.viewmodels.content import Decode
from gui.viewmodels.live import DISABLED, STOPPED, Live, State
from gui.viewmodels.live_rows import Empty
from gui.viewmodels.ring import MOST_BYTES, MOST_ROWS
from gui.viewmodels.tail_reader import Batch, Loading, TailReader, Target
from gui.viewmodels.tail_start import BEGINNING, LIVE, keeps_its_beginning
from gui.viewmodels.tail_table import TailModel
from gui.viewmodels.tail_topics import TailTopic, topics_of
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import clock, memory_size, number, plural, tr

_CALM_S: Final = 3.0
_CONNECTING: Final = State("connecting")


class TailViewModel(QObject):
    """Reads while a workspace is open, whether or not the bridge runs.

    Joins no consumer group and commits nothing: reading leaves no trace at the cluster.

    Attributes:
        rows: The records.

    Signals:
        stateChanged: How the reading goes, or what is read.
        loadingChanged: `loading_text` and what goes with it.
        settingsChanged: Start, partitions or decoding were chosen, or how many partitions
            there are is known.
    """

    stateChanged = Signal()
    loadingChanged = Signal()
    settingsChanged = Signal()

    def __init__(
        self,
        live: Live,
        parent: QObject | None = None,
        *,
        topic: TailTopic | None = None,
        start: str = LIVE,
        partitions: tuple[int, ...] = (),
        most_rows: int = MOST_ROWS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """Read a topic at once; none leaves the list empty.

        Args:
            live: What is open.
            parent: Qt's owner.
            topic: What to read.
            start: Where to begin, as `tail_start` has it.
            partitions: The only ones to read; none for all.
            most_rows: Records that are kept.
            most_bytes: Bytes that they may take.
        """
        super().__init__(parent or live)
        self._live = live
        self._bounds = (most_rows, most_bytes)
        self.rows = TailModel(self, most_rows=most_rows, most_bytes=most_bytes)
        live.feeds.add(self.rows)
        self._chosen = topic
        self._start, self._partitions = start, partitions
        self._partition_count = 0
        self._since_s = time.time()
        self._state = STOPPED
        self._advice = ""
        self._is_missing = False
        self._not_made = ""
        self._clusters = ClusterTopics(live, self)
        self._clusters.changed.connect(self._take_topics)
        self._loading: Loading | None = None
        self._shown_in = 1
        self._since_skip = 0
        self._skipped_s = 0.0
        self._reads: tuple[object, ...] = ()
        self._reader: TailReader | None = None
        self._task: asyncio.Task[None] | None = None
        live.workspaceChanged.connect(self._read)
        self._read()

    # What there is

    @property
    def chosen(self) -> TailTopic | None:
        """The topic that is read; None where there is none to read."""
        return self._chosen

    @property
    def start(self) -> str:
        """Where reading began, as `tail_start` has it."""
        return self._start

    @property
    def partitions(self) -> tuple[int, ...]:
        """The only partitions that are read; none for all."""
        return self._partitions

    @property
    def partition_count(self) -> int:
        """How many the topic has; 0 while that is not known."""
        return self._partition_count

    @property
    def state(self) -> State:
        """How the reading goes."""
        return self._state

    @property
    def shown_in(self) -> int:
        """Of how many records one is shown, while more come than anybody could read; else 1."""
        return self._shown_in

    @property
    def trouble(self) -> str:
        """What keeps records from coming, and where; empty when nothing does."""
        if self._state.status in ("connected", "stopped", "disabled"):
            return ""
        if self._chosen is None or (self._state.status == "connecting" and not self._state.reason):
            return ""
        return f"{self._chosen.connector}: {self._state.reason}"

    @property
    def advice(self) -> str:
        """What to do about the trouble, where that is known."""
        return (self._not_made or self._advice) if self.trouble else ""

    @property
    def is_missing(self) -> bool:
        """Whether the cluster has no such topic; `create_topic` makes it."""
        return self._is_missing and bool(self.trouble)

    @property
    def bootstrap(self) -> str:
        """The addresses of the cluster, as command lines take them; empty if there are none."""
        if self._chosen is None:
            return ""
        environment = self._live.session.environment
        connector = self._live.workspace.connectors.kafka.get(self._chosen.connector)
        if environment is None or connector is None:
            return ""
        if connector.bootstrap_hosts == "sandbox":
            return environment.sandbox.kafka if environment.sandbox is not None else ""
        return connector.bootstrap_hosts

    # The reading of earlier records

    @property
    def is_loading(self) -> bool:
        """Whether records are read that were there before."""
        return self._loading is not None and not self._loading.end

    @property
    def can_go_on(self) -> bool:
        """Whether there are more that were there before, which are not read now."""
        return self._loading is not None and self._loading.end in ("full", "stopped")

    @property
    def loading_text(self) -> str:
        """How far it is, or why it is over before its end; empty when there is nothing to say."""
        loading = self._loading
        if loading is None or loading.end == "end":
            return ""
        amount = _amount(loading)
        match loading.end:
            case "full":
                return tr("The list is full: {amount}").format(amount=amount)
            case "stopped":
                return tr("Stopped: {amount}").format(amount=amount)
            case _:
                return tr("Loading {amount}").format(amount=amount)

    @property
    def longest_shown(self) -> int:
        """How many characters of a value are shown at most."""
        return self._live.session.settings.values.feeds.payload_kib << 10

    @property
    def loading_share(self) -> float:
        """How much of them is read, from 0 to 1; 0 where that is not known."""
        loading = self._loading
        return min(loading.read / loading.of, 1.0) if loading is not None and loading.of else 0.0

    @Slot()
    def stop_loading(self) -> None:
        """Read no more of them; what is there stays."""
        if self._reader is not None:
            self._reader.stop_loading()

    @Slot()
    def go_on(self) -> None:
        """Read on where it stopped; the oldest rows make room."""
        if self._reader is not None:
            self._reader.go_on()

    # Where there are no rows

    def empty(self) -> Empty | None:
        """Tell what to say instead of rows; None when there are some."""
        rows = self.rows
        if rows.matching:
            return None
        if rows.kept:
            return Empty(
                tr("0 of {count} rows match.").format(count=number(rows.kept)),
                button=tr("Clear filter"),
                does="clear_filter",
            )
        if (found := unreadable(self._live)) is not None:
            return Empty(found.headline, found.way_out)
        if self._chosen is None:
            return self._nothing_chosen()
        if self._state.status == "disabled":
            return Empty(tr("{connector} is disabled.").format(connector=self._chosen.connector))
        if self._state.status in ("stopped", "connecting"):
            if self._state.reason:
                return Empty(self._state.reason)
            return Empty(tr("Connecting to {name}.").format(name=self._chosen.connector))
        return self._nothing_yet(self._chosen.topic)

    def _nothing_chosen(self) -> Empty:
        if not self._live.workspace.connectors.kafka:
            return Empty(tr("This workspace has no Kafka connector: there is nothing to read."))
        sentence = tr("No topic is open.")
        if not topics_of(self._live.workspace):
            sentence = tr("No action writes to a topic that is known before its messages come.")
        return Empty(sentence, button=tr("Open a topic"), does="open")

    def _nothing_yet(self, topic: str) -> Empty:
        note = tr("Reading joins no consumer group and commits nothing.")
        if self.rows.is_paused:
            return Empty(tr("Paused: new records are counted, not shown."), note)
        if self._state.status != "connected":
            return Empty(tr("No records."))
        if self._start == BEGINNING:
            return Empty(tr("No records in {topic}.").format(topic=topic), note)
        since = clock(self._since_s)
        return Empty(
            tr("No records after {time} in {topic}.").format(time=since, topic=topic),
            note,
            button=tr("From beginning"),
            does="beginning",
        )

    # What the user does

    def set_start(self, start: str) -> None:
        """Read again, from somewhere else on."""
        self._start = start
        self._read(again=True)
        self.settingsChanged.emit()

    def set_partitions(self, partitions: tuple[int, ...]) -> None:
        """Read again, and only these; none for all."""
        if partitions != self._partitions:
            self._partitions = partitions
            self._read()
            self.settingsChanged.emit()

    def set_decode(self, value: Decode, key: Decode) -> None:
        """Show values and keys in other ways."""
        self.rows.set_decode(value, key)
        self.settingsChanged.emit()

    def set_paths(self, paths: tuple[str, ...]) -> None:
        """Show these parts of values; none for their beginnings."""
        self.rows.set_paths(paths)
        self.settingsChanged.emit()

    def set_most_rows(self, count: int) -> None:
        """Keep so many records from now on."""
        self._bounds = (count, self._bounds[1])
        self.rows.set_most_rows(count)

    def choose(self, topic: TailTopic | None) -> None:
        """Read another topic instead, or none."""
        if topic != self._chosen:
            self._chosen = topic
            self._partitions, self._partition_count = (), 0
            self._read()
            self.settingsChanged.emit()
            self.stateChanged.emit()

    def create_topic(self, partitions: int, replication: int) -> None:
        """Make the topic that is missing; it is read then, or `advice` says why it was not made."""
        if self._chosen is not None:
            self._clusters.create(
                self._chosen.connector, self._chosen.topic, partitions, replication
            )

    def take_name(self, connector: str) -> None:
        """Go on with what is read: its cluster has another name in the file from now on."""
        if self._chosen is not None:
            self._chosen = replace(self._chosen, connector=connector)
            self.settingsChanged.emit()

    def close(self) -> None:
        """Read no more, for good."""
        self._chosen = None
        self._stop()
        self._live.feeds.remove(self.rows)

    # Reading

    @Slot()
    def _read(self, *, again: bool = False) -> None:
        """Start reading what is chosen, unless it is being read."""
        environment, chosen = self._live.session.environment, self._chosen
        connector = self._live.workspace.connectors.kafka.get(chosen.connector) if chosen else None
        reads: tuple[object, ...] = ()
        if environment is not None and chosen is not None and connector is not None:
            cluster = connector.model_copy(update={"name": ""})  # another name is no other cluster
            place = (environment.state_dir, environment.sandbox, cluster)
            reads = (*place, chosen.topic, self._start, self._partitions)
        if reads == self._reads and not again:
            if chosen is None:
                self.stateChanged.emit()  # why there is nothing to choose may be another reason
            return
        self._stop()
        self._reads = reads
        self._is_missing, self._not_made = False, ""
        self._shown_in, self._since_skip = 1, 0
        self._since_s = time.time()
        self._set_loading(None)
        self.rows.clear()
        self.rows.follow()
        if environment is None or chosen is None or connector is None:
            self._say(STOPPED)
        elif not connector.enable:
            self._say(DISABLED)
        else:
            self._say(_CONNECTING)
            target = Target(connector, chosen.topic, self._start, self._partitions)
            rows, size = self._bounds
            reader = TailReader(target, environment, most_rows=rows, most_bytes=size)
            self._reader = reader
            self._task = self._live.session.tasks.start(
                self._follow(reader), "read a topic", owner=self
            )

    def _stop(self) -> None:
        self._reader = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _follow(self, reader: TailReader) -> None:
        try:
            async for batch in reader.batches():
                self._take(batch)
        finally:
            await reader.close()

    def _take(self, batch: Batch) -> None:
        now_s = time.monotonic()
        if batch.rows:
            self.rows.add(batch.rows)
            self._since_skip += len(batch.rows)
        if batch.left_out:
            self.rows.leave_out(batch.left_out)
            self._skipped_s = now_s
            shown = max(self._since_skip, 1)
            self._since_skip = 0
            self._set_shown_in(round((shown + batch.left_out) / shown))
        elif self._shown_in > 1 and now_s - self._skipped_s > _CALM_S:
            self._set_shown_in(1)
        self._set_loading(batch.loading)
        if batch.partitions not in (0, self._partition_count):
            self._partition_count = batch.partitions
            self.settingsChanged.emit()
        self._advice, self._is_missing = batch.advice, batch.is_missing
        if not self._is_missing:
            self._not_made = ""
        self._say(batch.state)

    @Slot(str)
    def _take_topics(self, connector: str) -> None:
        """Say why the topic was not made; one that was made is read by itself."""
        self._not_made = self._clusters.of(connector).problem
        self.stateChanged.emit()

    def _set_loading(self, loading: Loading | None) -> None:
        before = self._loading
        if loading == before:
            return
        self._loading = loading
        was_over = before is not None and before.end == "end"
        is_worth_it = not was_over and keeps_its_beginning(self._start)
        if loading is not None and loading.end == "end" and is_worth_it:
            self.rows.divide(tr("end reached, {amount}").format(amount=_amount(loading)))
        self.loadingChanged.emit()

    def _set_shown_in(self, count: int) -> None:
        if count != self._shown_in:
            self._shown_in = count
            self.stateChanged.emit()

    def _say(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.stateChanged.emit()


def _amount(loading: Loading) -> str:
    """Write how much was read: `1,204 of 50,000, 3.1 MiB`."""
    size = memory_size(loading.bytes)
    if loading.end == "end" or not loading.of:
        count = plural("%n record", "%n records", loading.read)
    else:
        count = tr("{read} of {count}").format(read=number(loading.read), count=number(loading.of))
    return f"{count}, {size}"
