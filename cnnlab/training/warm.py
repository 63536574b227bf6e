"""Imported once by the process that workers are forked from, so that each starts in a second, not in eight."""

import os
import sys

from cnnlab.training.framework import import_keras

_saved = os.dup(2)
_null = os.open(os.devnull, os.O_WRONLY)
os.dup2(_null, 2)
try:
    import_keras()
finally:
    sys.stderr.flush()
    os.dup2(_saved, 2)
    os.close(_null)
    os.close(_saved)
