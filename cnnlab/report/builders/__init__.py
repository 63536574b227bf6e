"""Builders: what was gathered becomes a document of sections, texts, tables and figures."""
