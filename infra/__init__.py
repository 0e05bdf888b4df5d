"""The machinery behind ports: log, relay, feed, projection engine, keys, engines.

It knows no programme: programmes are found by discovery and reach it as plain values.
"""
