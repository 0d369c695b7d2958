"""The outbox page: what is on its way or stuck, why, and what can be done about it."""
