"""The core: a message travels intake -> dialogue -> routing -> desk -> delivery."""
