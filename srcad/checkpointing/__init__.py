"""Less memory for more work: what the backward pass needs is computed again instead of kept."""
