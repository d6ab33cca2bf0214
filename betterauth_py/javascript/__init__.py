"""What JavaScript makes of numbers, dates, texts and JSON, as it shows on the wire."""
