"""When this happened there, ask for that here: one module a programme."""
