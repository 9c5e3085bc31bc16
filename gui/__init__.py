"""The window. Knows `core`, is known by `main.py` alone.

The models are imported here, before anything imports PySide6: its import hook looks into every
module that comes later, which breaks pydantic's lazily loaded ones.
"""

import core.workspace.model  # noqa: F401 - see above
