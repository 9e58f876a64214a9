"""Sound from words and words from sound, by whatever the machine has."""
