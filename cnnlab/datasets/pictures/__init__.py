"""Image files: one read into bytes, many checked, read and cached."""
