"""Answers auditors from the log alone, and keeps a record of every answer."""
