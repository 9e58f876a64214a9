"""Step 3: the line, the choice of an agent, the offer, and what becomes of it."""
