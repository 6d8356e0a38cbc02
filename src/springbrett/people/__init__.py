"""People: offices, persons and their cases. A case is one walk of the path, from mapping to outcome.

A person who goes the path again gets a new case chained to the one before, so history follows and nothing is
overwritten. Who carries a case is a dated assignment: continuity of the caseworker can be read from it.
"""
