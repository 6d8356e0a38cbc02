"""Step 4, agreement: what the three parties have agreed, version by version, and who has approved which of them.

In comes the match (a person, a measure with its chain, a workplace); out goes an agreement in force. The content is a
frozen value that is never overwritten: a change is a new version, and an approval counts for as long as nothing that
concerns the one who gave it has changed. The room knows no measure by name. Who takes part, what must be said, which
terms stand and whose approval a change clears are read from the measure's agreement section in the catalogue.

For arbeidstrening: tiltaksforskriften §§ 1-3, 1-6, 3-4, 3-5, 3-6 and 3-7.
"""
