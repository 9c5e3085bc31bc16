"""The engine: sources, rules and actions joined into pipelines that deliver and count."""
