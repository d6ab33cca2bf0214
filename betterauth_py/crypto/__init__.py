"""Signing, passwords, random ids, JWT and JWE."""
