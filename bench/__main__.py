"""Every benchmark in turn, each beside its peers: ``python -m bench [--rounds N]``.

Tables of medians with the least and the most, and ratios; absolute figures hold for the machine and
the hour only.
"""

import argparse
import subprocess
import sys
from importlib.util import find_spec

BENCHES = ("bench.appends", "bench.http", "bench.queries", "bench.rebuild")


def main() -> None:
    """Each in a process of its own, so that none warms or burdens the next."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    for name in BENCHES:
        if find_spec(name) is not None:
            subprocess.run([sys.executable, "-m", name, "--rounds", str(rounds)], check=True)


if __name__ == "__main__":
    main()
