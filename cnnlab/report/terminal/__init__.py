"""A report in the terminal: rich tables that read well at 80 columns."""
