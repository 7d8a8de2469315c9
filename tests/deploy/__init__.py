"""What runs Huashu elsewhere, and what a release is looked through with."""
