"""Surroundings that find other secrets than a workspace's own: typed ones, or none that ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.errors import ConfigError
from core.workspace.environment import Environment
from core.workspace.units import SecretRef
from gui.viewmodels.words import tr


def with_secrets(environment: Environment, typed: Mapping[str, str]) -> Environment:
    """Give the surroundings in which typed secrets are there already, by their references."""

    def resolve(reference: SecretRef) -> str:
        return typed.get(str(reference)) or environment.resolve_secret(reference)

    return replace(environment, resolve_secret=resolve)


def without_keychain(environment: Environment) -> Environment:
    """Give the surroundings in which the keychain, which may ask the user, is not looked into."""

    def resolve(reference: SecretRef) -> str:
        if reference.kind == "secret":
            raise ConfigError(tr("The keychain is not asked here."), value=str(reference))
        return environment.resolve_secret(reference)

    return replace(environment, resolve_secret=resolve)
