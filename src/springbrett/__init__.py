"""Springbrett: work inclusion in one system. Start reading at `flow.py`, the map of the path."""

__version__ = "0.1.0"
