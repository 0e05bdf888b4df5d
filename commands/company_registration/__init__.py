"""What people may ask of company registration, in the order of a company's life.

``naming`` · ``applying`` · ``examining`` · ``filing`` · ``changing`` · ``ending`` · ``barring``;
``given`` holds the parts that several commands share.
"""
