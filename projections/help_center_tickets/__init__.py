"""What people may read of the help centre.

``desk`` · ``holders`` · ``members`` · ``scores`` · ``heat`` · ``counts`` · ``callers`` ·
``supervision`` · ``orders`` · ``knowledge``. Only ``opened_identities`` shows who reported, and only after two officers said so.
"""
