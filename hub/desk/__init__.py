"""Step 4: the agents' socket: frames, sessions, commands, and what is fanned out to whom."""
