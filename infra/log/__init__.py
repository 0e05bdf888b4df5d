"""The one ordered log and its write path: positions 1, 2, 3 … without a gap."""
