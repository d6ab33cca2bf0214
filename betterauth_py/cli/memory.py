"""Memory settings of a process that only serves."""

from __future__ import annotations

import ctypes
import gc
import platform
import sys
from collections.abc import Callable
from typing import Final

# malloc.h: mallopt's parameters.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_MEBIBYTE: Final = 1_048_576


def settle_memory(when_idle: Callable[[Callable[[], object]], None]) -> None:
    """Prepare for serving: short pauses of the garbage collector, and reused memory for password hashes.

    `when_idle` takes what is to be done whenever no password has been hashed for a while.
    """
    _look_only_at_what_is_new()
    if sys.platform == "linux" and platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        _keep_what_hashes_free(libc)
        when_idle(lambda: libc.malloc_trim(0))


def _look_only_at_what_is_new() -> None:
    """Exclude modules and tables from garbage collection: its pauses determined the p99.

    What is there by now is hardly ever garbage: looking for it took a tenth of the start and found next to none.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def _keep_what_hashes_free(libc: ctypes.CDLL) -> None:
    """Make malloc keep the memory of one password hash for the next (mallopt(3)), until `malloc_trim`.

    A hash takes 19 MiB, with better-auth's scrypt 32, which otherwise come from the kernel page by page and go back: a
    fifth of a sign-in with scrypt. What is kept is one hash's memory for each hashing thread.
    """
    libc.mallopt(_MMAP_THRESHOLD, 64 * _MEBIBYTE)
    libc.mallopt(_TRIM_THRESHOLD, 256 * _MEBIBYTE)
    # A thread's arena grows by heaps of 64 MiB and frees a heap as soon as it is empty: the second 32 MiB, which are
    # allocated while a piece of the first is in use, come from the kernel every time. `malloc_trim` does not free the
    # top of such an arena either.
    libc.mallopt(_ARENA_MAX, 1)
