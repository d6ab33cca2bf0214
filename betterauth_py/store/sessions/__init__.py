"""Sessions: look-up, memory cache, secondary storage and revocation."""
