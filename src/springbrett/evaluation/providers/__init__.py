"""Results by provider or office: observed, with case mix held equal, shrunk by how little is known, against a target.

What comes out are observations with their certainty. A provider flagged for follow-up is not thereby judged.
"""
