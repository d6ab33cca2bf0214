"""The HTTP server under the app: limits on connections, graceful shutdown, worker processes."""
