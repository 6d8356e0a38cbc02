"""Step 5, follow-up: is it going the way it was meant to, and what is due?

In comes an agreement in force; out goes the progress: what was owed, when, by whom, and what was done. Nothing here is
a flag that somebody must remember to flip. The duties are worked out each time from the agreement's follow-up plan,
the chain's template, the measure's review and report rules, and the dated facts: contacts, reviews, reports, feedback.
A duty that law or plan has made cannot be switched off; it can only be done.

What one party tells NAV in private stays there: the employer never sees it.
For arbeidstrening: tiltaksforskriften §§ 1-6, 3-2, 3-4 and 3-5.
"""
