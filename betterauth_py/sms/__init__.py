"""Text messages (SMS): kinds, templates, transports, and the queue with its retries. Plugins add kinds."""
