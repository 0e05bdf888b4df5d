"""What people may ask of the help centre, in the order of a ticket's life.

``opening`` · ``merging`` · ``holding`` · ``working`` · ``closing`` · ``orders``; then
``companies``, ``knowledge`` and ``heat``. ``given`` holds the parts that several commands share, ``access`` who may act.
"""
