"""Readers and writers: text files, JSON Lines and Parquet in; clean text, record and report out."""
