"""A report as files: HTML, Markdown, LaTeX, CSV, JSON and figures."""

FORMATS = ("html", "md", "tex", "csv", "json", "png", "pdf")
