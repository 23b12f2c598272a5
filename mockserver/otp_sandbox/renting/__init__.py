"""What providers that rent phone numbers have in common. Each has its own account, fields, answers and table."""
