"""Who pays: requests for money, the decision of a budget approver, what is committed and paid, and what is left.

Comes in: a request with its amounts per month, from an agreement. Goes out: a decision, commitments, payments and the
state of an office's budget by measure and year. The approver is never the case's own caseworker.

Legal basis: tiltaksforskriften §§ 1-5, 1-11 and 1-12.
"""
