"""What the lines of a signature hold: name, title, company, numbers, address."""
