"""Step 1, mapping: a structured conversation becomes a needs profile.

In: what the person and the caseworker talk about, question by question (`guide.py` holds the questions as data).
Out: a `NeedsProfile`, versioned: confirming freezes a version, and a later change starts the next one as a copy.
Legal basis: the duty to assess the person's needs (NAV-loven § 14 a; tiltaksforskriften § 1-3). The needs level itself
is decided elsewhere and only recorded here. Health never enters as a diagnosis: what the person can and cannot do at
work is said as demands and adaptations. What is not answered is unknown, and unknown never becomes no.
"""
