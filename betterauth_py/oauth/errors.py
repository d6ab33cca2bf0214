"""Errors between this server and a provider."""

from __future__ import annotations


class OAuthError(Exception):
    """A provider cannot be reached, or gives no usable answer. The message has no code, token or secret."""
