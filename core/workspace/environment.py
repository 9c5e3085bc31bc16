"""What a workspace needs from the machine it runs on, handed in by whoever starts something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from core.errors import ConfigError
from core.workspace.units import SecretRef

SecretResolver: TypeAlias = Callable[[SecretRef], str]
"""Looks a secret up at connect time; raises ConfigError when it is not there."""


@dataclass(frozen=True, slots=True)
class SandboxAddresses:
    """Where the embedded brokers listen, each as `HOST:PORT`."""

    mqtt: str
    kafka: str

    @classmethod
    def parse(cls, text: str) -> SandboxAddresses:
        """Read `mqtt=HOST:PORT,kafka=HOST:PORT`, the form of `--sandbox`.

        Raises:
            ConfigError: A part is missing or is no address.
        """
        parts = {key: value for key, _, value in (p.partition("=") for p in text.split(","))}
        for address in (parts.get("mqtt", ""), parts.get("kafka", "")):
            host, _, port = address.rpartition(":")
            if not host or not port.isdigit():
                raise ConfigError(
                    f"--sandbox does not name both brokers: {text!r}",
                    path="--sandbox",
                    value=text,
                    hint="write --sandbox mqtt=HOST:PORT,kafka=HOST:PORT, "
                    "as `sluicegate sandbox` prints them",
                )
        return cls(mqtt=parts["mqtt"], kafka=parts["kafka"])

    def __str__(self) -> str:
        return f"mqtt={self.mqtt},kafka={self.kafka}"


@dataclass(frozen=True, slots=True)
class Environment:
    """The surroundings of one workspace.

    Attributes:
        base_dir: Folder of the workspace file; relative paths in it start here.
        state_dir: Where this workspace keeps what must outlive the process.
        resolve_secret: Finds a secret by its reference.
        sandbox: The embedded brokers, if some are running for this workspace.
    """

    base_dir: Path
    state_dir: Path
    resolve_secret: SecretResolver
    sandbox: SandboxAddresses | None = None

    def path(self, text: str) -> Path:
        """Place a path of the workspace file."""
        return self.base_dir / text
