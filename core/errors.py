"""The application's exceptions: what happened, where, and what to do next.

    AppError
     +-- ConfigError            a workspace, option or argument is wrong (path, value, hint)
     |    +-- TopicMissing      the cluster has no such topic (value)
     +-- SqlError               a rule statement is wrong (span, expected, hint)
     |    +-- SqlSyntaxError    it does not parse
     |    +-- SqlCheckError     it parses, but can never work
     |    +-- SqlRuntimeError   evaluating it on one message failed (stage)
     +-- TemplateError          a `${...}` template is wrong or cannot be rendered
     +-- CodecError             bytes or text that are not what they should be (JSON, UTF-8)
     +-- ConnectorError         a broker or cluster
     |    +-- ConnectFailed     could not be reached (step, cause)
     |    +-- AuthFailed        refused the credentials
     |    +-- NotConnected      is not connected now
     |    +-- DeliveryFailed    did not take a record (retryable, code)
     +-- StoreError             a file could not be read or written
     +-- Cancelled              the user stopped it

Fields carry the facts; the view builds its sentence from them. `str()` is English for logs and
the command line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range `[start, end)` of a text, in characters, with the start's line and column.

    `line` and `column` count from 1.
    """

    start: int
    end: int
    line: int
    column: int


class AppError(Exception):
    """Anything that the application itself reports. `hint` says what to do next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(AppError):
    """A workspace, an option or an argument is wrong; `path` says where."""

    def __init__(
        self, message: str, *, path: str = "", value: object = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.path = path
        self.value = value


class TopicMissing(ConfigError):
    """A cluster does not have the topic that is named, and will not make it by itself.

    How one is made is for the surface to say: a command, or a button beside the sentence.
    """


class SqlError(AppError):
    """A rule statement is wrong; `span` is the place in the text as the user wrote it."""

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        expected: tuple[str, ...] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.span = span
        self.expected = expected


class SqlSyntaxError(SqlError):
    """The statement does not parse; `expected` lists what could have stood at the span."""


class SqlCheckError(SqlError):
    """The statement parses but is refused before it runs."""


class SqlRuntimeError(SqlError):
    """Evaluation on one message failed; `stage` is the clause, None where EMQX names none."""

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        stage: str | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, span=span, hint=hint)
        self.stage = stage


class TemplateError(AppError):
    """A template is malformed, or its values cannot be rendered."""


class CodecError(AppError):
    """Bytes or text are not in the format they should be in."""


class ConnectorError(AppError):
    """A broker or cluster; `connector` is its name in the workspace, or its address."""

    def __init__(
        self, message: str, *, connector: str = "", cause: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.connector = connector
        self.cause = cause


class ConnectFailed(ConnectorError):
    """The connection could not be made; `step` is resolve, connect, tls or sign_in.

    `address` is the broker's, where the cluster named another one than the user did.
    """

    def __init__(
        self,
        message: str,
        *,
        connector: str = "",
        step: str = "connect",
        cause: str = "",
        hint: str = "",
        address: str = "",
    ) -> None:
        super().__init__(message, connector=connector, cause=cause, hint=hint)
        self.step = step
        self.address = address


class AuthFailed(ConnectFailed):
    """The other side refused the credentials."""

    def __init__(
        self, message: str, *, connector: str = "", cause: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, connector=connector, step="sign_in", cause=cause, hint=hint)


class NotConnected(ConnectorError):
    """The operation needs a connection, and there is none now."""


class DeliveryFailed(ConnectorError):
    """A record was not taken; `retryable` tells whether trying again can help.

    `kind` is the row of Kafka's catalogue that explains it, where one does; of a message for MQTT
    that is too large, the same word.
    """

    def __init__(
        self,
        message: str,
        *,
        connector: str = "",
        code: int = 0,
        kind: str = "",
        retryable: bool = False,
        cause: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, connector=connector, cause=cause, hint=hint)
        self.code = code
        self.kind = kind
        self.retryable = retryable


class StoreError(AppError):
    """A file could not be read or written; `path` names it."""

    def __init__(self, message: str, *, path: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path


class Cancelled(AppError):
    """The user stopped the operation."""
