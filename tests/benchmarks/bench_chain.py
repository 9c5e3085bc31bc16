"""Cost of a message through the whole chain, beside a bare loop that does the least there is to do.

    python tests/benchmarks/bench_chain.py [--rate 10000] [--seconds 5]

Mosquitto -> engine (reference rule) -> embedded Kafka, QoS 0 at a steady rate. Prints the engine's
CPU time per message, and the ratio to a loop in this process that decodes the same payload with
msgspec, fills the same template and produces to the same cluster.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
from confluent_kafka import Producer

from core.sandbox.process import SandboxProcess
from tests.helpers.engine import RunningEngine
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

ROOT = Path(__file__).resolve().parents[2]
PAYLOAD = b'{"temp": "27.5", "hum": "41.8"}'
BARE_MESSAGES = 100_000


def cpu_s(pid: int) -> float:
    """Tell the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bare_us(bootstrap: str) -> float:
    """Measure the least that has to be done for a message."""
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5})
    decode = msgspec.json.Decoder().decode
    started = time.process_time()
    for number in range(BARE_MESSAGES):
        payload = decode(PAYLOAD)
        value = '{"temp": %s, "hum": %s}' % (payload["temp"], payload["hum"])  # noqa: UP031
        producer.produce("bare", value.encode(), b"dev-1")
        if number % 100 == 0:
            producer.poll(0)
    producer.flush(10)
    return (time.process_time() - started) / BARE_MESSAGES * 1e6


def chain_us(folder: Path, broker: Mosquitto, bootstrap: str, rate: int, seconds: float) -> float:
    """Measure the engine under a steady load."""
    workspace = write_workspace(
        folder,
        mqtt=broker.url,
        kafka=bootstrap,
        topic="chain",
        topic_filter="flood/#",
        select="timestamp, clientid, payload.temp as temp, payload.hum as hum",
        key="${clientid}",
        value='{"temp": ${temp}, "hum": ${hum}}',
        mqtt_options="qos = 0",
        kafka_options="allow_auto_topic_creation = true",
    )
    engine = RunningEngine(workspace)
    try:
        engine.until_running()
        before = cpu_s(engine.process.pid)
        flood = [sys.executable, "-m", "tests.helpers.flood", "--port", str(broker.port)]
        sent = subprocess.run(
            [*flood, "--rate", str(rate), "--seconds", str(seconds)],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        count = int(sent.stdout)
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] >= count, timeout=60)
        used = cpu_s(engine.process.pid) - before
        latency = engine.stop()["actions"]["to_kafka"]["latency_ms"]
        print(f"{count:,} messages at {rate:,} a second; latency {latency}")
        return used / count * 1e6
    finally:
        engine.end()


def main() -> None:
    """Measure both in one run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, SandboxProcess.start() as sandbox:
        broker = Mosquitto(Path(folder) / "mosquitto")
        broker.start()
        try:
            bare = bare_us(sandbox.addresses.kafka)
            chain = chain_us(Path(folder), broker, sandbox.addresses.kafka, args.rate, args.seconds)
        finally:
            broker.stop()
    print(f"engine {chain:.1f} us CPU a message, bare loop {bare:.1f} us, ratio {chain / bare:.1f}")


if __name__ == "__main__":
    main()
