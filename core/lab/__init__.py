"""Traffic for trying things out: simulated devices.

What to publish is made by pure, seeded generators; publishing stands behind a small protocol.
"""
