"""Keys: comparing, signing, scopes, as pure functions. Never I/O, never business data."""
