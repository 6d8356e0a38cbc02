"""The agreement on paper."""
