"""OAuth: what providers are, and everything that is asked of them. No endpoint and no row is known here."""
