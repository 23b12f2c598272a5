"""What the account has, and what can be rented."""
