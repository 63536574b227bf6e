"""PatchCamelyon: its files in the layouts that people have, and synthetic patches."""
