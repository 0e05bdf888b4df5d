"""What can go wrong with an engine that this machine runs itself.

Both belong to the tree in `infra/errors.py` as an unavailable engine: nothing was done, and a
retry is safe once the cause that the text names is gone.
"""

from infra.errors import Unavailable


class EngineFailed(Unavailable):
    """An embedded engine could not be prepared, started or reached; says what to do about it."""


class EngineInUse(EngineFailed):
    """Another process runs the engines of this data directory."""
