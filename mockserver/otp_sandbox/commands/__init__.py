"""The commands of the command line, one a file. Those that talk to a running sandbox need the standard library only."""
