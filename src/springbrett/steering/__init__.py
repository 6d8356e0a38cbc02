"""Steering: what can be seen across cases at an office: load, what is overdue, and signs that the measure is misused.

In: the ledger, the placements and their duties. Out: figures and observations, each with the facts it rests on. A sign
is an observation, never a judgement: it says what was counted, and a person decides what to do about it.
"""
