"""Who may do what: people and consoles, how they show who they are, and what each may do."""
