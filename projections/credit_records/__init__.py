"""What people may read of credit records: one module a read model.

``records`` for departments and the subject · ``profile`` for a full report · ``public`` for
everybody · ``lists`` for who asks whether someone is listed · ``readers`` for who looked and who
may · ``sources`` for how good a source is.
"""
