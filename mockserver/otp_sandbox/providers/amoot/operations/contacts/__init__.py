"""The address book of the account."""
