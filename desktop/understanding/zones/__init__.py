"""Which lines of a mail are new, quoted, signature or disclaimer, and where each stands in the source."""
