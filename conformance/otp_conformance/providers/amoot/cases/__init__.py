"""The cases of Amoot, a module for each subject."""
