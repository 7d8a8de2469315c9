"""Other systems' ways of asking: a team's existing client talks to the one desk in its own wire format."""
