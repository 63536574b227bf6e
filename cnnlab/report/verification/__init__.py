"""The report of a verify run: its tables and its verdict."""
