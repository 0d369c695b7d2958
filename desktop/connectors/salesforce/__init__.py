"""How Salesforce is spoken to: the org and its rules, many records in one call, bulk jobs, look-ups, the feed."""
