"""The rules, in plain Python: no clock is read here, no dice are rolled, no wire is known."""
