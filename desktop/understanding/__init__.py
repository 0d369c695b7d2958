"""Step 2, understand: zones, candidates, a choice among them, and Facts with the words they rest on.

Rules find candidates, each a verbatim span of the mail; the model only chooses among them. So a value that is not in
the mail cannot become a Fact, whatever the mail says to whoever reads it.
"""

RULES_VERSION = "rules-2"
