"""``make package``: ``build/deployment.zip`` and ``build/sam.json``, which is what is deployed.

    make package                             for the pinned Python
    make package ARGS="--python 3.12"        for another that Lambda runs and this machine has
    make package ARGS="--out /somewhere"     elsewhere

Needs PyPI for the libraries on arm64; never speaks to AWS. docs/operating.md goes on from here.
"""

import argparse
import sys
from pathlib import Path

from dev.packaging.build import build
from dev.packaging.interpreters import GLIBC_MINOR, PINNED
from dev.packaging.outcome import PackageFailed
from dev.packaging.project import ROOT


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make package", description="Make what is deployed.")
    parser.add_argument("--python", choices=tuple(GLIBC_MINOR), default=PINNED)
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Make the package; the exit status."""
    asked = _arguments(words)
    try:
        made = build(asked.out, asked.python)
    except PackageFailed as problem:
        print(f"No package: {problem}", file=sys.stderr)
        return 1
    print(f"{made.archive}  {made.zip_bytes:,} bytes, {made.files} files, Python {asked.python}")
    print(f"sha256 {made.sha256}")
    print(f"{made.template}  go on with docs/operating.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
