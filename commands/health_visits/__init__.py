"""What people may ask of health visits, in the order of a visit, then what is kept of a person.

``sessions`` · ``booking`` · ``arriving`` · ``consulting`` · ``ending`` · ``referring`` ·
``reporting`` · ``archives`` · ``consents`` · ``patients``; ``given`` holds the parts that several
commands share.
"""
