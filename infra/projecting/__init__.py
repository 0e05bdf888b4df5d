"""Keeps read models: tables made from row types, folded from the log, rebuilt beside the live ones."""
