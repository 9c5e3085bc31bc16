"""The workspace: connectors, rules, actions, simulators and messages of one file.

Models here are frozen; to edit is to replace. Nothing in this package opens a connection.
"""
