"""Real clients against a sandbox: which runtimes, in which manners, and what came of it."""
