"""The clean-up page: Records that stand in a CRM more than once, and what the rep makes of them."""
