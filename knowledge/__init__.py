"""What may be said: entries, policy, facts, their store, lint and file formats."""
