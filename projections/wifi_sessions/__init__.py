"""What people may read of WiFi sessions: one module a topic.

``online`` for who runs the network now · ``equipment`` for its health and the public list ·
``usage`` for planning and for each user · ``traces`` for what the law asks · ``warnings`` for
security inspection. No row holds a mobile or an address of a device.
"""
