"""Imported once by the process that workers are forked from, so that each starts in a second, not in eight."""

import gc
import signal

signal.signal(
    signal.SIGTERM, signal.SIG_IGN
)  # sent to a whole group: it ends with the command, not before it

from cnnlab.training.framework import import_keras, without_chatter  # noqa: E402

with without_chatter():
    import_keras()
import scipy.optimize  # noqa: E402, F401  (of the baseline, which is fitted beside every network)

gc.freeze()  # a collection in a worker would write to, and so copy, what all workers share
