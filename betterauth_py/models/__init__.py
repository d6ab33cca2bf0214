"""The tables, declared once: core models, what options and plugins add, and the SQLAlchemy tables made of them."""
