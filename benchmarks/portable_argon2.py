"""`python -m benchmarks.portable_argon2 serve ...`: `betterauth` with the argon2 that a plain `pip install` brings.

The benchmark may run where argon2-cffi was compiled for the processor (scripts/argon2). OpenSSL's argon2id, which the
server takes otherwise, is made for all processors.
"""

from __future__ import annotations

from betterauth_py.cli import main
from betterauth_py.crypto import argon2id


def take_openssl() -> None:
    """Have this process hash with OpenSSL's argon2id."""
    argon2id.openssl_where_it_is_faster = argon2id.openssl_argon2id


if __name__ == "__main__":
    take_openssl()
    raise SystemExit(main())
