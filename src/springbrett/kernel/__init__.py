"""Kernel: the few ideas every other room is built from, with no domain words and no Django.

- ``period``: closed date periods, calendar months, how much time is used and how much is left
- ``verdict``: three-valued answers (met, not met, unknown) that carry the facts and the § they rest on
- ``trace``: the same openness for answers that are not verdicts, such as dates and ranks
- ``identity``: national and organisation numbers; ages
- ``clock``: the only place that knows what day it is
"""
