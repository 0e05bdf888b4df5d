"""W3C trace context: what the caller sends goes on into the events, else a new trace begins."""

import random
import re

_KNOWN = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_LATER = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}-.*"
)


def traceparent(sent: bytes | None) -> str:
    """The caller's ``traceparent`` when it is one, else a new one.

    A broken header is passed over, as the recommendation asks (section 3.2.2.3); of a version
    later than ours the part that we know is kept.
    """
    if sent is not None:
        if _KNOWN.fullmatch(sent):
            return sent.decode()
        if _LATER.fullmatch(sent) and not sent.startswith(b"00"):
            return f"00{sent[2:55].decode()}"
    # No secret: it only has to differ from other traces.
    bits = f"{random.getrandbits(192) | 1 | 1 << 64:048x}"
    return f"00-{bits[:32]}-{bits[32:]}-01"


def trace_id(parent: str) -> str:
    """The trace's own id, 32 hexadecimal characters."""
    return parent[3:35]
