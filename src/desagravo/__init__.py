"""Desagravo: from the signed form to the signed closure of a complaint."""

__version__ = "0.1.0"
