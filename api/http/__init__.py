"""The HTTP door; the contract's section 4."""
