"""What goes wrong while it runs: broken artefacts, killed builds, publishes under load."""
