"""Ports that an engine keeps from its first start on, so that addresses survive a restart.

They come from below the range that the kernel hands to outgoing connections. Inside that range a
client that keeps knocking while the engine is down can be given the engine's own port as its
source, connect to itself, and keep the engine from coming back.
"""

import random
import socket

LOOPBACK = "127.0.0.1"
_KEPT_RANGE = range(20000, 30000)


def is_free(port: int) -> bool:
    """Whether a server could listen on the loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # else connections of a server that just stopped, in TIME_WAIT, would count as a server
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose() -> int:
    """A free loopback port. Nothing keeps it free: who listens first has it."""
    while not is_free(port := random.choice(_KEPT_RANGE)):
        pass
    return port
