"""Signing in with a provider: the OAuth state, the provider's answer, accounts and tokens."""
