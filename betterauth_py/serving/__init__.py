"""The HTTP server under the app: bounded connections, a stop that loses no request, worker processes."""
