"""Imported once by the process that workers are forked from, so that each starts in a second, not in eight."""

from cnnlab.training.framework import import_keras, without_chatter

with without_chatter():
    import_keras()
