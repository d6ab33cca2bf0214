"""The providers: a module for each, with its `OPTIONS` and the function `provider` that makes the provider.

`tests/oauth/README.md` says how to add one.
"""
