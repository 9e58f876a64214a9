"""MongoDB, and nothing else, keeps the truth. Only this package imports the driver."""
