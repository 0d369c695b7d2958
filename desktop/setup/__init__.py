"""Step 0, CONNECT: what the rep sets up once, and what is still missing. Imports domain and store only."""
