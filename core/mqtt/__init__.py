"""MQTT: the engine's source, the publisher, the connection test; topic names and filters.

The only package that imports paho. It knows nothing of rules and Kafka.
"""
