"""Plugins: one folder each, with the same rooms as the core."""
