"""`python -m service` is `huifang`."""

from service.cli import main

if __name__ == "__main__":
    main()
