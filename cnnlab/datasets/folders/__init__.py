"""Folders of image files: which images there are, and how they are labelled."""
