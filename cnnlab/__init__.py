"""cnnlab: small, controlled CNN experiments on images."""

__version__ = "0.1.0"
