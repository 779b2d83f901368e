"""Bring the message catalogue in step with the code; prints the texts that have no translation yet, and fails while there are some."""

import sys

from bpm.web import wording


def main() -> int:
    """Renew the Chinese catalogue."""
    missing = wording.renew("zh")
    for text in missing:
        print(text)
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
