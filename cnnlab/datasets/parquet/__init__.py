"""Parquet files as Hugging Face has them: pictures packed in rows."""
