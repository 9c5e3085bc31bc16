"""Apache Kafka: properties, producing, reading, administration, explaining errors.

The only importer of confluent_kafka beside the embedded cluster; knows nothing of MQTT or rules.
"""
