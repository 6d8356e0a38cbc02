"""How long until they leave, and to what: cumulative incidence, hazards, and the effect of when a measure begins."""
