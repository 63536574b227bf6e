"""Renderers: a document as a terminal, a page, LaTeX, a spreadsheet or a program takes it."""
