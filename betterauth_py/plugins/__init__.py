"""Plugins: one folder each, with the same modules as the core."""
