"""What people may ask of credit records.

``opening`` a subject · ``contributing`` and publishing items · ``listing`` · ``objecting`` ·
``repairing`` · ``ending`` · ``reporting``; ``given`` holds what several share,
``access`` who may act for whom.
"""
