"""Who executes the repeats of runs: processes on this machine, or of a cluster.

An executor takes jobs, each a repeat of some run's folder, and reports what happens to each; it knows nothing of runs.
"""
