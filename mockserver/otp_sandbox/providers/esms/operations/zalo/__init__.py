"""Messages by Zalo, what became of them, and what is asked and ordered there."""
