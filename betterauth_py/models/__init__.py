"""The tables: core models, additions by options and plugins, and the SQLAlchemy tables built from them."""
