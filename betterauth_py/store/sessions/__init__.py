"""Sessions: how they are looked up, kept in memory and in secondary storage, and ended."""
