"""The rooms behind the Pipedrive connector: the line, keys without a key field, and the feed."""
