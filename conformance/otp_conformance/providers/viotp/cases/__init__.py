"""The cases of viotp, a module for each subject."""
