"""What the record says as of a day, and what changed between two: pure functions over what was said and when."""
