"""What arrived at a rental."""
