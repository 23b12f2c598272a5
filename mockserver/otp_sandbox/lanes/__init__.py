"""Worlds and their time: which lanes there are, what falls due in them, what was asked of them. No HTTP here."""
