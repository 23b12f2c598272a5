"""What arrived at rentals."""
