"""The embedded brokers: an MQTT broker and a Kafka cluster for demo, trial and tests.

They run in a process of their own (`sluicegate sandbox`), listen on loopback only and keep
nothing when they end. Everybody else talks to them over TCP like to any other broker;
`process.SandboxProcess` starts them.

Limits. MQTT (rumqttd): receive maximum, retain handling and retain-as-published are ignored; of a
filter's queued messages the newest 128 MiB are kept; packets up to 16 MiB. Kafka (librdkafka's
mock cluster): one broker, always 4 partitions a topic, per partition the newest 5 MiB or 100,000
records, topics are created by use alone, no offsets by time, no TLS, no SASL.
"""
