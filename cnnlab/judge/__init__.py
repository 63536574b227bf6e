"""Judging somebody's own `cnn.py`: which functions agree with Keras, which do not, and what is wrong.

A file is run in a process of its own (`sandbox`, `child`), function by function (`cases`, `checks`). What comes back is
compared with right answers (`references`); what differs is compared with what known mistakes would give (`mistakes`,
`diagnosis`). The result (`results`) is shown as a document (`report`).
"""
