"""What the product is made of: a CycloneDX list of every library with version and SHA-256, from the lock files.

    .venv/bin/python tools/sbom.py                  writes dist/desagravo.cdx.json
    .venv/bin/python tools/sbom.py FILE --audit     and asks the database of known weaknesses (api.osv.dev) about them

It is made with every release and handed out with it. The audit needs the network: 0 nothing known, 1 something known,
3 could not be asked (which is said, and is no all-clear).
"""

from __future__ import annotations

import argparse
import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / ".tools" / "bin" / "uv"
NOT_ASKED = 3
_AWAY = ("dns error", "error sending request", "client error (connect)", "timed out", "network")


def bill() -> dict[str, Any]:
    """The list: Python libraries of a plain installation with PostgreSQL, and what style and scripts are built of."""
    command = [str(UV), "export", "--frozen", "--quiet", "--no-dev", "--extra", "postgres", "--format", "cyclonedx1.5"]
    made = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(made.stdout)
    found["components"] += _of_the_pages()
    return found


def _of_the_pages() -> list[dict[str, Any]]:
    """Libraries from npm: they are copied into the files that a browser gets, or make them."""
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return [
        {
            "type": "library",
            "bom-ref": f"npm-{path}@{each['version']}",
            "name": path.rpartition("node_modules/")[2],
            "version": each["version"],
            "purl": f"pkg:npm/{path.rpartition('node_modules/')[2].replace('@', '%40')}@{each['version']}",
            "scope": "excluded" if each.get("dev") else "required",
            "hashes": [
                {
                    "alg": each["integrity"].partition("-")[0].upper().replace("SHA", "SHA-"),
                    "content": base64.b64decode(each["integrity"].partition("-")[2]).hex(),
                }
            ],
        }
        for path, each in packages.items()
        if path and each.get("integrity")
    ]


def audit() -> int:
    """Ask about known weaknesses; the words are those of uv."""
    command = [str(UV), "audit", "--frozen", "--no-dev", "--preview-features", "audit-command"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout.strip(), file=sys.stderr)
    if done.returncode == 0:
        return 0
    if any(words in done.stdout.lower() for words in _AWAY):
        print("NOT ASKED: api.osv.dev is out of reach from here. Nothing is known about weaknesses.", file=sys.stderr)
        return NOT_ASKED
    return 1


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the list of libraries; with --audit, ask about weaknesses.")
    parser.add_argument("file", nargs="?", type=Path, default=ROOT / "dist" / "desagravo.cdx.json")
    parser.add_argument("--audit", action="store_true")
    asked = parser.parse_args()
    asked.file.parent.mkdir(parents=True, exist_ok=True)
    asked.file.write_text(json.dumps(bill(), indent=1) + "\n", encoding="utf-8")
    print(asked.file)
    return audit() if asked.audit else 0


if __name__ == "__main__":
    sys.exit(main())
