"""Desk: the pages that look across the path, one for each person who has work to do on it.

A step room shows its own step. The pages here gather from several steps for one reader: the caseworker's day, the
portfolio, a case as a whole, the participant's and the employer's own view, the leader's office, the history, the
catalogue to read in, and the first results. Nothing is written here but through the services of the rooms above.
"""
