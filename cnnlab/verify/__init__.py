"""Comparison of the NumPy network with Keras."""
