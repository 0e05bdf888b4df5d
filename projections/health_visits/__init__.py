"""What people may read of health visits: one module for each group of readers.

``records`` for doctor and patient · ``rooms`` for screen and phone · ``slots`` for who looks for a
seat · ``archives`` for doctor, patient and leaders · ``desks`` for who has to answer · ``waits`` for
who answers for the waiting.
"""
