"""What is asked about Zalo, and ordered there."""
