"""Every byte a client sees: cookies, headers, JSON, dates, validation texts, errors."""
