"""The command line; the contract's section 3."""
