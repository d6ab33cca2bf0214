"""The providers: a module for each, with its `OPTIONS` and the function `provider` that makes one of them.

`tests/oauth/README.md` says how to add one.
"""
