"""What the account has."""
