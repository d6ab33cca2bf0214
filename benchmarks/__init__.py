"""Benchmarks beside better-auth on Node: `python -m benchmarks`."""
