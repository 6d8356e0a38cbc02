"""The report of a run: one HTML file per language that opens offline, with every figure's numbers beside it.

`words` holds every name and sentence in Bokmål, Nynorsk and English; `figures` draws; `page` puts it together.
"""
