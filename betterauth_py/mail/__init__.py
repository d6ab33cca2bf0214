"""The mails that the server sends by itself: templates, messages, transports, and sending after the answer."""
