"""People and offices at work, seen from outside: they reach Huimin by its public HTTP API alone."""
