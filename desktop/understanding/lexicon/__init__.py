"""What words are, whatever they stand for in a mail: names, companies, jobs, calendars, courtesy, in many languages."""
