"""Write the spec. Get the running system."""
