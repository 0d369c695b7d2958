"""How each vendor proves that a webhook call is its own: one table of data, a few small rules, no network."""
