"""Submissions that misbehave, and how a judge must end with each."""

from .hostile import HOSTILE, Hostile

__all__ = ["HOSTILE", "Hostile"]
