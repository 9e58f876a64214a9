"""Channel adapters and the contract that they keep."""
