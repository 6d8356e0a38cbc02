"""Matching: which workplace suits this person?

What comes in: the choice of measure and chain, the needs profile, and the openings that stand open. What goes out: a
match, chosen by a named person with a reason. Openings are ranked for one person; people are never ranked against each
other. Health and origin are not inputs; wishes, abilities, needs for adaptation and practical limits are. Every opening
tells what speaks for it, what against, and what is not known; what stops one is told as well.

Basis: tiltaksforskriften chapter 3 (content fitted to the person, chosen together), and the practice told of in the
evaluation of arbeidstrening (chapters 3.2 and 3.5): a good match is the strongest single factor for a good outcome.
"""
