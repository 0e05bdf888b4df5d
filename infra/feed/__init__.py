"""The feed: the events of the log in order, live from JetStream, from the log whenever that is better.

`feed.py` is what consumers use, `ring.py` its memory of the latest events, `tail.py` the stream.
"""

from infra.feed.feed import Feed

__all__ = ["Feed"]
