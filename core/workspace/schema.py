"""The JSON Schema of the workspace file, for editors.

`python -m core.workspace.schema > resources/workspace.schema.json` writes it anew after a change of
the models.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from core.workspace.model import Workspace
from core.workspace.units import ByteSize, Duration, SecretRef

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_NAMED: Final = ("MqttConnector", "KafkaConnector", "KafkaAction", "RepublishAction", "Simulator")


def workspace_schema() -> dict[str, Any]:
    """Describe the file as JSON Schema; unknown keys are allowed, as the program allows them."""
    schema = Workspace.model_json_schema(schema_generator=_Generator)
    definitions: dict[str, Any] = schema["$defs"]
    for name in _NAMED:  # their names are the keys of their tables
        definitions[name]["properties"].pop("name")
    definitions["Rule"]["properties"].pop("id")
    schema["required"] = ["sluicegate"]
    return {"$schema": _DIALECT, **schema, "title": "Sluicegate workspace"}


def schema_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(workspace_schema(), indent=2, ensure_ascii=False) + "\n"


class _Generator(GenerateJsonSchema):
    """Spells defaults as the file does."""

    def encode_default(self, dft: Any) -> Any:
        """Return a default as plain data."""
        match dft:
            case Duration() | ByteSize() | SecretRef():
                return str(dft)
            case BaseModel():
                return dft.model_dump(mode="json", exclude_none=True)
            case tuple():
                return [self.encode_default(item) for item in cast("tuple[Any, ...]", dft)]
            case _:
                return super().encode_default(dft)


if __name__ == "__main__":
    sys.stdout.write(schema_text())
