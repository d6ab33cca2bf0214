"""What a sign-in has proven, for a plugin that asks for a second factor."""

from __future__ import annotations

from typing import Final

from betterauth_py.core.call_state import StateKey

SECOND_FACTOR_PROVEN: Final[StateKey[bool]] = StateKey("second factor proven")
"""Set to True by a sign-in that has proven two factors by itself, such as a passkey whose authenticator has asked for a
PIN or a finger (WebAuthn Level 3, 6.1: the flag UV): it is not asked for another one."""
