"""Everything about more than one repeat: a run, its resumption, a sweep, a race, a comparison of backends.

Knows nothing of Keras but through the jobs that executors run.
"""
