"""Submissions for the tests of `verify --implementation`: correct ones, mistaken ones, hostile ones.

Everything here is text to be judged, with what a judge must say about it; nothing here judges. The contract
is IDENTIFIERS.md: the checks, the grades and the names of the mistakes.
"""
