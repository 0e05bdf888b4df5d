"""From a command to its verdict: load or find warm, decide, append, decide again when beaten."""
