"""One test module per module of the product."""
