"""Benchmarks: `make bench` prints ratios against a baseline measured in the same run. Nothing here is asserted."""
