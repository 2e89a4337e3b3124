"""What is kept outside the vault: decisions, derived tables, and the gate they pass."""
