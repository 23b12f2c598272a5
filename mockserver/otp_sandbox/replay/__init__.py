"""Plays a failed run again from its bundle, and says whether it comes out alike."""
