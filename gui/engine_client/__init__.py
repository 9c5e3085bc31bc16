"""The engine as the window sees it: one interface, a child process or the window's own loop.

Both sides speak `core.bridge.control`; pages cannot tell which one runs. An engine lives from
`start` to `stop`: each start reads the workspace file as it is then.
"""

from gui.engine_client.child import ChildEngine
from gui.engine_client.fallback import FallbackEngine, make_engine
from gui.engine_client.in_process import InProcessEngine
from gui.engine_client.interface import ChildRefused, ClientState, EngineClient

__all__ = [
    "ChildEngine",
    "ChildRefused",
    "ClientState",
    "EngineClient",
    "FallbackEngine",
    "InProcessEngine",
    "make_engine",
]
