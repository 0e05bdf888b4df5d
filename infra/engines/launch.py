"""Becomes an engine: gives up root if asked, asks to be stopped with its parent, then execs.

Run as a program by `infra.engines.child`, never imported; it uses the standard library only and is
started with `-I -S`, so it costs some ten milliseconds. It does the work of a `preexec_fn`, which
is unsafe in a process with threads. Arguments: parent's pid, stop signal, uid, gid, then the
engine's own command line; uid and gid -1 keep those of the parent.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def _become(parent: int, stop_signal: int, uid: int, gid: int, argv: list[str]) -> None:
    os.umask(0o077)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # after setuid, which would clear it; elsewhere an orphan is ended by the next start
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked to be told
        sys.exit(1)
    os.execv(argv[0], argv)


if __name__ == "__main__":
    parent, stop_signal, uid, gid = map(int, sys.argv[1:5])
    _become(parent, stop_signal, uid, gid, sys.argv[5:])
