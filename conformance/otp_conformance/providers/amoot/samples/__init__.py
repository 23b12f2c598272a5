"""How the published bodies of Amoot come about, a module for each subject."""
