"""The page with the figures: text and plots from stored results."""
