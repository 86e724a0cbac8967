"""From the state to what should be seen: pure functions, no Qt."""
