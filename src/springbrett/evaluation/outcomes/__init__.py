"""Outcomes as data, and their paths around the start of a stay.

An outcome is a union of interval tables with conditions (`definitions`); it becomes intervals (`intervals`), and those
become counts per month relative to the start, or one row per stay (`paths`). Examples stand beside each definition and
are run (`assure`).
"""
