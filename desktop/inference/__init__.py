"""llama.cpp in a child process: the agent keeps the client, the child may be lost at any moment."""
