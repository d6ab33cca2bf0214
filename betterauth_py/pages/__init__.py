"""Pages that a browser shows to people."""
