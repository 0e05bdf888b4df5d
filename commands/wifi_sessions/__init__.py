"""What people and equipment may ask of WiFi sessions.

``signing_in`` for portals · ``accounting`` for access points, as RADIUS has it · ``disconnecting``
· ``access_points`` for who runs them · ``users`` for blocks and erasure · ``traces`` for public
addresses and legal requests; ``given`` holds the parts that several share.
"""
