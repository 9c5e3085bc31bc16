"""Cost of a message through the whole chain, beside a bare loop that does the least there is to do.

    python tests/benchmarks/bench_chain.py [--rate 20000] [--acked-rate 10000] [--seconds 5]
        [--buffer memory|disk|hybrid]

A firehose publishes at a steady rate to Mosquitto; the engine runs the reference rule with its
templates into the embedded Kafka. Prints the engine's CPU time per message at QoS 0 and 1, all its
threads included and its start excluded, and the ratio to a bare Python loop under the same load:
receive in bulk, find the payload, decode it with msgspec, format, produce (and at QoS 1 acknowledge
at once, without waiting for Kafka). Everything runs on this machine at the same time.
"""

from __future__ import annotations

import argparse
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
from confluent_kafka import Producer

from core.sandbox.process import SandboxProcess
from tests.helpers import flood
from tests.helpers.engine import RunningEngine
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

ROOT = Path(__file__).resolve().parents[2]
TOPIC = "flood/1"
PAYLOAD = b'{"temp": "27.5", "hum": "41.8"}'
WINDOW = 1_000
TICK_S = 0.02
IDLE_S = 2.0
# Without the log and the saved state that tests want: they would take the machine from the engine.
BROKER = (
    "log_type none",
    "autosave_on_changes false",
    "autosave_interval 1800",
    f"max_inflight_messages {WINDOW}",
)


def cpu_s(pid: int) -> float:
    """Tell the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- the firehose, for both ---------------------------------------------------------------------


def publish(port: int, qos: int, rate: int, seconds: float) -> int:
    """Publish from a process of its own; returns how many messages."""
    if qos:
        command = [__file__, "acked-flood", str(port), str(rate), str(seconds)]
    else:
        command = ["-m", "tests.helpers.flood", "--port", str(port), "--topic", TOPIC]
        command += ["--payload", PAYLOAD.decode(), "--rate", str(rate), "--seconds", str(seconds)]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return int(done.stdout.split()[0])


def acked_flood(port: int, rate: int, seconds: float) -> None:
    """Publish at QoS 1, with at most `WINDOW` messages that the broker has not acknowledged."""
    batch = round(rate * TICK_S)
    topic = struct.pack("!H", len(TOPIC)) + TOPIC.encode()
    size = len(topic) + 2 + len(PAYLOAD)
    pause = threading.Event()
    sent = acked = 0
    with flood.connect(port, "acked-flood") as sock:
        start = time.monotonic()
        while sent < rate * seconds:
            sock.sendall(
                b"".join(
                    bytes((0x32, size)) + topic + struct.pack("!H", number % 65_535 + 1) + PAYLOAD
                    for number in range(sent, sent + batch)
                )
            )
            sent += batch
            while acked < 4 * (sent - WINDOW + batch):
                acked += len(sock.recv(65_536))
            pause.wait(max(0.0, start + sent / rate - time.monotonic()))
        while acked < 4 * sent:
            acked += len(sock.recv(65_536))
    print(sent)


# -- the bare loop ------------------------------------------------------------------------------


def bare_loop(port: int, bootstrap: str, qos: int) -> None:
    """Do the least for each message until none comes; print the CPU time per message in us."""
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5})
    decode = msgspec.json.Decoder().decode
    head = 2 + 2 + len(TOPIC) + 2 * qos  # every packet here is short and has the same topic
    count, used_s, rest = 0, 0.0, b""
    with flood.connect(port, "bare") as sock:
        filters = struct.pack("!H", len(TOPIC)) + TOPIC.encode() + bytes((qos,))
        sock.sendall(bytes((0x82, 2 + len(filters))) + b"\0\1" + filters)
        if sock.recv(5) != bytes((0x90, 3, 0, 1, qos)):
            msg = "the broker did not accept the subscription"
            raise RuntimeError(msg)
        print("ready", flush=True)
        started_s = time.process_time()
        while True:
            try:
                data = rest + sock.recv(256 * 1024)
            except TimeoutError:
                break
            sock.settimeout(IDLE_S)  # patient before the first message only
            start, acks = 0, bytearray()
            while start + 2 <= len(data) and (end := start + 2 + data[start + 1]) <= len(data):
                payload = decode(data[start + head : end])
                value = '{"temp": %s, "hum": %s}' % (payload["temp"], payload["hum"])  # noqa: UP031
                producer.produce("bare", value.encode(), b"dev-1")
                if qos:
                    acks += b"\x40\x02" + data[start + head - 2 : start + head]
                count += 1
                start = end
            rest = data[start:]
            if acks:
                sock.sendall(acks)
            producer.poll(0)
            used_s = time.process_time() - started_s
        producer.flush(10)
    print(count, used_s / count * 1e6)


def bare_us(broker: Mosquitto, bootstrap: str, qos: int, rate: int, seconds: float) -> float:
    """Measure the bare loop in a process of its own."""
    loop = subprocess.Popen(
        [sys.executable, __file__, "bare-loop", str(broker.port), bootstrap, str(qos)],
        stdout=subprocess.PIPE,
        text=True,
    )
    if loop.stdout is None or loop.stdout.readline() != "ready\n":
        msg = "the bare loop did not start"
        raise RuntimeError(msg)
    sent = publish(broker.port, qos, rate, seconds)
    count, us = loop.communicate(timeout=60)[0].split()
    if int(count) != sent:
        msg = f"the bare loop received {count} of {sent} messages"
        raise RuntimeError(msg)
    return float(us)


# -- the engine ---------------------------------------------------------------------------------


def engine_us(
    folder: Path,
    broker: Mosquitto,
    bootstrap: str,
    qos: int,
    rate: int,
    seconds: float,
    buffer: str,
) -> float:
    """Measure the engine, until the last message has its delivery report."""
    folder.mkdir()
    workspace = write_workspace(
        folder,
        mqtt=broker.url,
        kafka=bootstrap,
        topic="chain",
        topic_filter="flood/#",
        select="timestamp, clientid, payload.temp as temp, payload.hum as hum",
        key="${clientid}",
        value='{"temp": ${temp}, "hum": ${hum}}',
        mqtt_options=f"qos = {qos}",
        kafka_options="allow_auto_topic_creation = true",
        action_options=f'buffer = {{ mode = "{buffer}" }}',
    )
    engine = RunningEngine(workspace, often=False)
    try:
        engine.until_running()
        before = cpu_s(engine.process.pid)
        count = publish(broker.port, qos, rate, seconds)
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] >= count, timeout=60)
        used = cpu_s(engine.process.pid) - before
        final = engine.stop()
    finally:
        engine.end()
    latency = final["actions"]["to_kafka"]["latency_ms"]
    print(
        f"QoS {qos}, {rate:,} a second, {count:,} messages: "
        f"latency {latency['p50']:.1f} ms (p50), {latency['p99']:.1f} ms (p99)"
    )
    return used / count * 1e6


def compare(options: argparse.Namespace) -> None:
    """Measure both at each QoS, in one run."""
    with tempfile.TemporaryDirectory() as name, SandboxProcess.start() as sandbox:
        bootstrap = sandbox.addresses.kafka
        broker = Mosquitto(Path(name) / "mosquitto", extra=BROKER)
        broker.start()
        try:
            for qos, rate in ((0, options.rate), (1, options.acked_rate)):
                bare = bare_us(broker, bootstrap, qos, rate, options.seconds)
                folder = Path(name) / f"qos{qos}"
                engine = engine_us(
                    folder, broker, bootstrap, qos, rate, options.seconds, options.buffer
                )
                print(
                    f"QoS {qos}: engine {engine:.1f} us CPU a message, "
                    f"bare loop {bare:.1f} us, ratio {engine / bare:.1f}"
                )
        finally:
            broker.stop()


def main() -> None:
    """Compare; the two other commands are the processes that it starts."""
    match sys.argv[1:]:
        case ["acked-flood", port, rate, seconds]:
            acked_flood(int(port), int(rate), float(seconds))
        case ["bare-loop", port, bootstrap, qos]:
            bare_loop(int(port), bootstrap, int(qos))
        case _:
            parser = argparse.ArgumentParser()
            parser.add_argument("--rate", type=int, default=20_000, help="at QoS 0")
            parser.add_argument("--acked-rate", type=int, default=10_000, help="at QoS 1")
            parser.add_argument("--seconds", type=float, default=5.0)
            parser.add_argument("--buffer", choices=("memory", "disk", "hybrid"), default="memory")
            compare(parser.parse_args())


if __name__ == "__main__":
    main()
