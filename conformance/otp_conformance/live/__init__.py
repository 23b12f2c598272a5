"""The real providers: what may be done there, what it costs, and what stands between the suite and them."""
