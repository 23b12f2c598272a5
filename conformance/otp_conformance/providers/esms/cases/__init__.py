"""The cases of eSMS, a module for each subject."""
