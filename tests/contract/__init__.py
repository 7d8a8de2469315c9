"""What the service promises in its OpenAPI, held against what it does."""
