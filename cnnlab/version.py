"""The version of this package; lower modules may ask for it."""

__version__ = "0.1.0"
