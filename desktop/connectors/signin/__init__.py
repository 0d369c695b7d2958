"""Signing in at a vendor by the browser or by a code, and the tokens that come of it."""
