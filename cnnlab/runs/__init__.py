"""The run folder: the contract between training and everything after it.

Nothing here imports Keras, and importing the package imports nothing heavy.
"""
