"""The only code that knows aiohttp: from a request to a call, from an answer to a response."""
