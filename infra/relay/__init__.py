"""The relay: keeps the stream of events in JetStream equal to the log, position by position.

`relay.py` is the role, `message.py` the form of a message on the wire, `audit.py` the comparison.
"""
