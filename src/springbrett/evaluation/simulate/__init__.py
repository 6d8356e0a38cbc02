"""Simulated Norway: registers of persons who never lived, with the true effect of every measure written beside.

Each month a person registered with NAV may find work, begin education, get disability benefit or start a measure. Who
starts what hangs on traits that the registers show and on one that they do not. The same persons are lived through
twice with the same luck, with and without measures: the difference is the truth. `norway.toml` holds every number, and
says which figure of which evaluation it is set to meet.
"""
