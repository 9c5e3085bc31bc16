"""What functions need besides their arguments: time, chance, stores, the environment and jq."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Final, Protocol

from core.clock import Clock, SystemClock
from core.sql.functions.identity import Identity
from core.sql.values import EvalError, Value

TESTER_JQ_LIMIT_MS: Final = 1_000
LIVE_JQ_LIMIT_MS: Final = 10_000
TESTER_LIMIT_S: Final = 1.0
LIVE_LIMIT_S: Final = 10.0


class JqRunner(Protocol):
    """Runs jq programs somewhere where they can be stopped."""

    def run(self, program: str, json_text: str, timeout_ms: int) -> list[Value]:
        """Run a program on one JSON text and return its outputs, decoded.

        Raises:
            EvalError: The program does not compile or fails, the text is not JSON, or the time
                limit has passed.
        """
        ...


class NoJq:
    """Stands where jq is not available."""

    def run(self, program: str, json_text: str, timeout_ms: int) -> list[Value]:
        """Refuse.

        Raises:
            EvalError: Always.
        """
        raise EvalError("jq: this evaluation runs without jq")


@dataclass(slots=True)
class EvalContext:
    """The surroundings of an evaluation; one context may serve many.

    Attributes:
        clock: The time that `now_timestamp()` and the like tell.
        local_zone: The zone of `'local'`.
        kv: Store of `kv_store_*`, shared by all rules: value by identity of the key, with the key.
        proc: Store of `proc_dict_*`, one for each client connection.
        environ: The variables that `getenv()` may read, with their `EMQXVAR_` prefix.
        env: Variables read so far; the first value of each is kept.
        rng: Chance for `random()` and UUIDs.
        jq: Where jq programs run.
        jq_limit_ms: How long a jq program may run that names no limit.
        limit_s: How long an evaluation may take, as far as it is watched: between the elements of a
            FOREACH and in statements of many fields or calls.
    """

    clock: Clock = field(default_factory=SystemClock)
    local_zone: tzinfo = UTC
    kv: dict[Identity, Value] = field(default_factory=dict[Identity, Value])
    proc: dict[Identity, Value] = field(default_factory=dict[Identity, Value])
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    env: dict[str, str] = field(default_factory=dict[str, str])
    rng: random.Random = field(default_factory=random.SystemRandom)
    jq: JqRunner = field(default_factory=NoJq)
    jq_limit_ms: int = LIVE_JQ_LIMIT_MS
    limit_s: float = LIVE_LIMIT_S

    @classmethod
    def for_tester(
        cls,
        *,
        clock: Clock | None = None,
        jq: JqRunner | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> EvalContext:
        """Build the context of one trial: fresh stores, UTC, short limits.

        Without `jq` the function of that name fails.
        """
        return cls(
            clock=clock or SystemClock(),
            environ=environ or {},
            jq=jq or NoJq(),
            jq_limit_ms=TESTER_JQ_LIMIT_MS,
            limit_s=TESTER_LIMIT_S,
        )
