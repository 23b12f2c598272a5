"""The cases of thuesim, a module for each subject."""
