"""What tests share: a store that looks twice, and a lane without a server."""
