"""What functions of live rules may use: the machine's clock, zone, variables, and jq."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

from core.jq_process import JqProcess
from core.sql.functions.context import EvalContext

if TYPE_CHECKING:
    from core.clock import Clock
    from core.sql.functions.identity import Identity
    from core.sql.values import Value

_VARIABLE_PREFIX = "EMQXVAR_"


def live_context(clock: Clock, store: dict[Identity, Value]) -> EvalContext:
    """Make the context of one pipeline.

    Args:
        clock: Time.
        store: Of `kv_store_*`: one for all pipelines of an engine.
    """
    return EvalContext(
        clock=clock,
        local_zone=datetime.now().astimezone().tzinfo,
        kv=store,
        environ={k: v for k, v in os.environ.items() if k.startswith(_VARIABLE_PREFIX)},
        jq=JqProcess(),
    )
