"""Keeps everything in a Redis or Valkey server, so that any number of processes play one sandbox."""
