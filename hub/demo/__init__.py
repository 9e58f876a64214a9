"""What the demo needs besides the hub: a shop on another origin."""
