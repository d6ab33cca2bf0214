"""Signing in through somebody else: what a sign-in remembers, what a provider's answer becomes, accounts and tokens."""
