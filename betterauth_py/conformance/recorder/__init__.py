"""Records what better-auth answers, and runs both sides of a scenario: Node, a PostgreSQL, a Redis, this server.

It needs the repository; the wheel, which plays and compares, leaves this folder out.
"""
