"""The cases, a module for each provider and group of families."""
