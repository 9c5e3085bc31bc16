"""The form of a connector: options with their edited values, and what is wrong with them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QObject

from core.tls_files import TLS_FILE
from core.workspace.problems import Problem, toml_path
from gui.viewmodels.connector_options import (
    AUTH,
    MECHANISM,
    MQTT_AUTH,
    groups_of,
    kafka_sign_in,
    mqtt_sign_in,
)
from gui.viewmodels.connector_words import field_sentence
from gui.viewmodels.draft_form import NAME, OptionsForm
from gui.viewmodels.form_options import Option, OptionGroup
from gui.viewmodels.names import CODES
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import Path, has
from gui.viewmodels.words import sentences, tr

SERVER: Final = ("server",)
_ID_TAIL_BYTES: Final = 2
_PASSWORD_KEYS: Final = ("username", "password")
_SHAPES: Final[dict[str, dict[str, Any]]] = {
    "oauth": {"mechanism": "oauth", "grant_type": "client_credentials"},
    "kerberos": {"kerberos_principal": "", "kerberos_keytab_file": ""},
    "msk_iam_roles_anywhere": {"type": "msk_iam_roles_anywhere", "endpoint": "", "region": ""},
}


class ConnectorForm(OptionsForm):
    """Reads and edits one connector's draft by the options of its form.

    Once it was refused, `first_problem` tells where to look.
    """

    def __init__(self, drafts: Drafts, key: str, parent: QObject | None = None) -> None:
        """Take the draft's key, such as `connector:plant`."""
        super().__init__(drafts, key, parent)
        drafts.live.session.filesChanged.connect(self.problemsChanged)
        self.groups = groups_of(drafts.kind(key))

    def value(self, option: Option) -> Any:
        """Give what an option is: its edited value, or its default."""
        match option.path:
            case ("@auth",):
                return mqtt_sign_in(self.read)
            case ("@mechanism",):
                return kafka_sign_in(self.read)
            case _:
                return super().value(option)

    def placeholder(self, option: Option) -> str:
        """Tell what stands in an empty field."""
        return self._usual_client_id if option.placeholder == "@client_id" else option.placeholder

    @property
    def _usual_client_id(self) -> str:
        return f"sluicegate-{self.drafts.live.workspace.id}-{self.drafts.name(self.key)}"

    def note(self, group: OptionGroup) -> str:
        """Say in a few words what is inside a group."""
        if group.note is not None:
            return group.note(self.read)
        options = group.options
        changed = sum(not self.is_default(option) for option in options)
        if not changed:
            return tr("all {count} at their default").format(count=len(options))
        text = tr("{changed} of {count} changed from default")
        return text.format(changed=changed, count=len(options))

    def secret_words(self, option: Option) -> str:
        """Say where a secret is kept."""
        reference = str(self.read(option.path, ""))
        if not reference:
            return ""
        if reference in self.drafts.pending_secrets(self.key):
            return tr("Kept until it is saved")
        if self.drafts.secrets.is_session_only(reference):
            return tr("For this session only")
        kind, _, name = reference.partition(":")
        texts = {
            "secret": tr("Stored in the keychain"),
            "env": tr("From the environment variable {name}"),
            "file": tr("From the file {name}"),
        }
        return texts.get(kind, tr("Not a reference")).format(name=name)

    def option_at(self, path: Path) -> Option | None:
        """Find the option where something in the file is edited; else the way of signing in."""
        ways = (option for option in self.options if option.path in (MQTT_AUTH, MECHANISM))
        return super().option_at(path) or (next(ways, None) if path else None)

    # Editing

    def set(self, option: Option, value: Any) -> None:
        """Change an option; None is its default."""
        match option.path:
            case ("@name",):
                self.drafts.set_name(self.key, str(value or ""))
            case ("@auth",):
                with self.drafts.gesture(self.key, MQTT_AUTH):
                    self._sign_in_to_mqtt(str(value))
            case ("@mechanism",):
                with self.drafts.gesture(self.key, MECHANISM):
                    self._sign_in_to_kafka(str(value))
            case _:
                if isinstance(value, list) and option.kind == "hosts":
                    value = ",".join(str(host) for host in value)
                self.drafts.set(self.key, option.path, value, default=option.default)

    def renew_client_id(self, option: Option) -> None:
        """Choose a client ID that nobody else uses, as where two run with the same one."""
        self.set(option, f"{self._usual_client_id}-{secrets.token_hex(_ID_TAIL_BYTES)}")

    def set_secret(self, option: Option, secret: str) -> None:
        """Take a typed secret; it goes to the keychain when the form is saved."""
        self.drafts.set_secret(self.key, option.path, secret)

    def take_credentials(self, user: str, password: str) -> None:
        """Sign in to MQTT with what an address named; an empty password changes none."""
        with self.drafts.gesture(self.key, MQTT_AUTH):
            self._sign_in_to_mqtt("password")
            self.drafts.set(self.key, ("username",), user)
            if password:
                self.drafts.set_secret(self.key, ("password",), password)

    # What is wrong

    def problem(self, option: Option) -> str:
        """Say what is wrong with an option and what is right; empty when nothing is."""
        if not self.is_shown(option):
            return ""
        if self.is_missing(option):
            return tr("{label} is required.").format(label=option.label)
        found = self._problem_at(option)
        return field_sentence(option, found, self.value(option)) if found is not None else ""

    def warning(self, option: Option) -> str:
        """Say what is wrong with the file that an option names; it keeps nothing from saving."""
        if not self.is_shown(option):
            return ""
        found = (p for p in self._known if p.code == TLS_FILE and self._owns(option, p))
        return next((sentences(p.message, p.hint) for p in found), "")

    def is_edited(self, option: Option) -> bool:
        """Whether an option is not as it is saved."""
        place = (*self.drafts.place(self.key), *option.path)
        return has(self.drafts.edits(self.key), place)

    @property
    def _known(self) -> Sequence[Problem]:
        """What is known to be wrong with the draft, or with the file where nothing is edited."""
        if self.drafts.is_dirty(self.key):
            return self.drafts.problems(self.key)
        return self.drafts.live.session.problems

    def first_problem(self) -> Option | None:
        """Find the first option in reading order with which something is wrong."""
        return next((option for option in self.options if self.problem(option)), None)

    def other_problem(self) -> str:
        """Say an error that belongs to no option of the form."""
        shown = {id(self._problem_at(option)) for option in self.options}
        errors = (p for p in self.drafts.problems(self.key) if p.severity == "error")
        found = next((p for p in errors if id(p) not in shown), None)
        return sentences(found.message, found.hint) if found is not None else ""

    def _problem_at(self, option: Option) -> Problem | None:
        errors = [p for p in self.drafts.problems(self.key) if p.severity == "error"]
        own = [p for p in errors if self._owns(option, p)]
        return own[0] if own else None

    def _owns(self, option: Option, problem: Problem) -> bool:
        group = self.drafts.kind(self.key)
        table = ("connectors", group, self.drafts.name(self.key))
        if option.path == NAME:
            return problem.path == toml_path(table) and problem.code in CODES
        if option.path == MECHANISM:
            is_inside = any(
                self._owns(other, problem)
                for other in self.options
                if other.path[:1] == AUTH and self.is_shown(other)
            )
            return problem.path.startswith(toml_path((*table, *AUTH))) and not is_inside
        if option.path == MQTT_AUTH:
            return False
        place = toml_path((*table, *option.path))
        return problem.path == place or problem.path.startswith((f"{place}.", f"{place}["))

    # Ways of signing in

    def _sign_in_to_mqtt(self, kind: str) -> None:
        if kind == mqtt_sign_in(self.read):
            return
        for key in _PASSWORD_KEYS:
            self.drafts.set(self.key, (key,), None)
        if kind != "certificate" and self.read(("ssl", "certfile")) is not None:
            self.drafts.set(self.key, ("ssl", "certfile"), None)
            self.drafts.set(self.key, ("ssl", "keyfile"), None)
        if kind == "password":
            self.drafts.set(self.key, ("username",), "")
        elif kind == "certificate":
            self.drafts.set(self.key, ("ssl", "certfile"), "")
            self.drafts.set(self.key, ("ssl", "keyfile"), "")

    def _sign_in_to_kafka(self, kind: str) -> None:
        if kind == kafka_sign_in(self.read):
            return
        old: Any = self.read(AUTH, "none")
        kept = {key: old[key] for key in _PASSWORD_KEYS if isinstance(old, dict) and key in old}
        if kind in ("none", "msk_iam"):
            self.drafts.set(self.key, AUTH, kind, default="none")
        elif kind in _SHAPES:
            self.drafts.set(self.key, AUTH, _SHAPES[kind])
        else:
            self.drafts.set(self.key, AUTH, {"mechanism": kind, **kept})
