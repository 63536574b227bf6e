"""One experiment on several backends, and nothing else different.

Here are the runs and the measurements; `cnnlab.report.backends` tells what they say.
"""
