"""The three layers of the suite, and the pytest items that they are made of."""
