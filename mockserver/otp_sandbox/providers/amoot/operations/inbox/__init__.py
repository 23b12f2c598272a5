"""What phones wrote to the account."""
