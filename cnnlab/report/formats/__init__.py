"""A report as files: HTML, Markdown, LaTeX, CSV and JSON."""
