"""What a comparison of backends says: read from its folder alone."""
