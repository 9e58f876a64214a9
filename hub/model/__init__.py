"""The nouns as frozen data, and the state machines as pure functions. No I/O, no await."""
