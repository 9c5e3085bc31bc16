"""`sluicegate self-check`: does this installation work?"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from core.cli.chain_check import one_message_through
from core.cli.common import Exit, say
from core.errors import AppError
from core.sandbox.process import SandboxProcess
from core.selfexec import child_options, own_command
from core.workspace.environment import SandboxAddresses

if TYPE_CHECKING:
    from core.cli.common import Subparsers

State: TypeAlias = Literal["ok", "warning", "failed"]

_PACKAGES: Final = {
    "paho.mqtt.client": "paho-mqtt",
    "confluent_kafka": "confluent-kafka",
    "iotcore": "iotcore",
    "lark": "lark",
    "msgspec": "msgspec",
    "pydantic": "pydantic",
    "tomlkit": "tomlkit",
    "regex": "regex",
    "jq": "jq",
    "pygments": "pygments",
    "keyring": "keyring",
    "platformdirs": "platformdirs",
}
"""Module to the package it comes in; Qt and what builds on it are tried in a child process."""

_DETAIL_COLUMNS: Final = 80
_QT_TIMEOUT_S: Final = 60.0
_REINSTALL: Final = "Install the packages again: make setup, or pip install -r requirements.lock"


class Check(msgspec.Struct, frozen=True):
    """One line of the table; a `warning` does not fail the installation."""

    name: str
    state: State
    detail: str
    hint: str = ""


class _QtPlan(msgspec.Struct):
    """The first line of the Qt child: what it is about to check."""

    checks: list[str]


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("self-check", help="does this installation work")
    parser.set_defaults(handler=run)


def run(_args: argparse.Namespace) -> int:
    """Print a line for each check as it is done; exit 1 if one failed."""
    failed = 0
    for check in _checks():
        _print(check)
        failed += check.state == "failed"
    say(f"{failed} checks failed." if failed else "Everything that Sluicegate needs works here.")
    return Exit.NO if failed else Exit.OK


def _print(check: Check) -> None:
    lines = [line for text in (check.detail, check.hint) for line in _wrapped(text)] or [""]
    print(f"{check.state:<8}{check.name:<18}{lines[0]}")
    for line in lines[1:]:
        print(f"{'':26}{line}")
    sys.stdout.flush()


def _wrapped(text: str) -> list[str]:
    return [line for part in text.splitlines() for line in textwrap.wrap(part, _DETAIL_COLUMNS)]


def _checks() -> Iterator[Check]:
    # An application error is an answer here: it ends its check, not the table.
    yield Check("Python", "ok", f"{platform.python_version()}, {platform.platform()}")
    yield _packages()
    yield from _qt()
    yield _keychain()
    yield from _brokers()


def _packages() -> Check:
    found: list[str] = []
    missing: list[str] = []
    for module, package in _PACKAGES.items():
        try:
            importlib.import_module(module)
        except ImportError as exc:
            missing.append(f"{package}: {exc}")
        else:
            found.append(f"{package} {_version(package)}".strip())
    if missing:
        return Check("packages", "failed", "; ".join(missing), _REINSTALL)
    return Check("packages", "ok", ", ".join(found))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a frozen build carries no package metadata
        return ""


def _qt() -> Iterator[Check]:
    """Run the Qt child, and name the check at which it aborted, if it did."""
    environment = dict(os.environ)
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & environment.keys():
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")  # no display: nothing else starts
    try:
        child = subprocess.run(  # noqa: S603 - our own program
            own_command("self-check-qt"),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_QT_TIMEOUT_S,
            check=False,
            **child_options(),
        )
    except subprocess.TimeoutExpired:
        yield Check("Qt", "failed", f"no answer in {_QT_TIMEOUT_S:g} s", _REINSTALL)
        return
    said = child.stderr.decode("utf-8", errors="replace").strip()
    lines = child.stdout.splitlines()
    if not lines:
        yield Check(
            "Qt", "failed", f"did not start: {said or _ended(child.returncode)}", _REINSTALL
        )
        return
    done = [msgspec.json.decode(line, type=Check) for line in lines[1:]]
    yield from done
    unfinished = msgspec.json.decode(lines[0], type=_QtPlan).checks[len(done) :]
    if unfinished:
        yield Check(unfinished[0], "failed", f"Qt aborted ({_ended(child.returncode)})", said)


def _ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _keychain() -> Check:
    """Name the keychain; without one `secret:` references cannot work, the others do."""
    import keyring
    from keyring.errors import KeyringError

    hint = "Secrets as env:NAME or file:PATH work without a keychain."
    try:
        backend = keyring.get_keyring()
        usable = backend.priority > 0
    except (KeyringError, RuntimeError) as exc:
        return Check("keychain", "warning", f"none that works: {exc}", hint)
    if not usable:
        return Check("keychain", "warning", "none on this machine", hint)
    return Check("keychain", "ok", backend.name)


def _brokers() -> Iterator[Check]:
    try:
        sandbox = SandboxProcess.start()
    except AppError as exc:
        yield Check("embedded brokers", "failed", exc.message, exc.hint)
        return
    with sandbox:
        addresses = sandbox.addresses
        yield Check("embedded brokers", "ok", f"MQTT {addresses.mqtt}, Kafka {addresses.kafka}")
        yield _attempt("MQTT to Kafka", one_message_through, addresses)


def _attempt(
    name: str, check: Callable[[SandboxAddresses], str], addresses: SandboxAddresses
) -> Check:
    try:
        return Check(name, "ok", check(addresses))
    except AppError as exc:
        return Check(name, "failed", exc.message, exc.hint)
