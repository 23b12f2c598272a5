"""How the published bodies of eSMS come about, a module for each subject."""
