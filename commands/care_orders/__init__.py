"""What people may ask of care orders.

``requesting`` · ``planning`` · ``assigning`` · ``serving`` for an order; ``scheduling`` ·
``attending`` · ``settling`` for its visits and their money; ``providing`` for providers; ``elders``
for what others know of an elder. ``given`` and ``access`` are shared.
"""
