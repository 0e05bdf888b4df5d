"""What people may ask of customs declarations, in the order of an order's life.

``receiving`` · ``declaring`` · ``answering`` · ``returning``; ``supervising``, ``stocking`` and
``tracing`` for what many orders share. ``access`` tells who may send what, ``holdings`` keeps what
a list holds, ``given`` has the parts that several commands share.
"""
