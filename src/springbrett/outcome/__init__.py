"""Step 6, outcome: was the purpose reached, and what comes next?

In comes the progress of a placement that has ended; out goes an outcome: why it ended, what it led to, whether the
purpose was reached as the caseworker, the participant and the employer each see it, what was learned, and the next
step. Every end gets one, the planned ends too. A placement is judged against its own chain of effects and not only by
whether it gave a job: a clarification may be exactly what the chain was meant to give, or a legitimate other branch.

What was learned is documented for the participant. The case can be chained to a next one that carries its history,
and where the person stands later comes up as due.
For arbeidstrening: tiltaksforskriften §§ 1-3 and 3-4 third paragraph.
"""
