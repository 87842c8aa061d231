"""Tell what a dollar token really is, and on what terms to take it as collateral."""

__version__ = "0.1.0"

__all__ = ["__version__"]
