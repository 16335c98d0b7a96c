"""The child process that sets one document: an order as JSON on standard input, the PDF on standard output.

It runs by its path, isolated (``python -I``), and imports nothing of the house, so that it starts quickly.
Exit code 3: typst refused the document; its words are on standard error.
"""

import json
import sys

MEMORY = 4 * 1024**3
"""Bytes of address space; typst reserves far more than it uses. The largest form needs 0.3 GB."""
CPU_SECONDS = 60


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> int:
    """Set the document that standard input orders."""
    _limit()
    order = json.load(sys.stdin.buffer)
    import typst

    folder = order["folder"]
    try:
        pdf = typst.compile(
            f"{folder}/{order['template']}",
            root=folder,
            font_paths=typst.Fonts(include_system_fonts=False),
            sys_inputs={"page": order["page"]},
            format="pdf",
            pdf_standards=["a-2a", "ua-1"],
            timestamp=order["made_at"],
            package_path=folder,  # there are none: a template that asks for a package fails instead of downloading it
            package_cache_path=folder,
        )
    except typst.TypstError as refused:
        sys.stderr.write("\n".join([str(refused), *refused.hints]))
        return 3
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
