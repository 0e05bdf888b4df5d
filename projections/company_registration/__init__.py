"""What people may read of company registration: one module a read model.

``overview`` for counter and applicant · ``register`` for everybody · ``names`` for who looks for
one · ``wall`` for who answers for the hour · ``bars`` for who keeps a list.
"""
