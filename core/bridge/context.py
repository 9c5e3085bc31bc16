"""What functions of live rules may use: the machine's clock, zone, variables, and jq."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.sql.functions.context import EvalContext

if TYPE_CHECKING:
    from core.clock import Clock
    from core.sql.functions.context import JqRunner
    from core.sql.functions.identity import Identity
    from core.sql.values import Value

_VARIABLE_PREFIX = "EMQXVAR_"


def live_context(clock: Clock, store: dict[Identity, Value], jq: JqRunner) -> EvalContext:
    """Make the context of one pipeline.

    Args:
        clock: Time.
        store: Of `kv_store_*`: one for all pipelines of an engine.
        jq: Where its jq programs run.
    """
    return EvalContext(
        clock=clock,
        local_zone=datetime.now(UTC).astimezone().tzinfo or UTC,
        kv=store,
        environ={k: v for k, v in os.environ.items() if k.startswith(_VARIABLE_PREFIX)},
        jq=jq,
    )
