"""`python -m service.cli` is `huashu`."""

from service.cli.main import main

if __name__ == "__main__":
    main()
