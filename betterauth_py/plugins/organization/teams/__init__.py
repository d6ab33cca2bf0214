"""Teams within organizations."""
