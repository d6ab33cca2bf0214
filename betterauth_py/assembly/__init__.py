"""Makes an auth out of options."""
