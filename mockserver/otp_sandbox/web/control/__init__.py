"""The control API, `/_sandbox/v1`: one table of endpoints drives routing, documentation and its tests."""
