"""The doors: HTTP for frontends and auditors, a command line for operators."""
