"""Mail that speaks to programs, hides words or looks like somebody else: found before anything is read."""
