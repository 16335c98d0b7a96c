"""The procedure: a paper in parts, which brings its words along."""

from typing import Any

from desagravo.common.documents.kinds import Procedure
from desagravo.common.documents.paper import Block, Bullets, Prose, Rich, Rows, Section, Table

from .words import Words


def compose(data: Procedure, words: Words) -> dict[str, Any]:
    """View of a paper; every block says what kind of block it is."""
    paper = data.paper
    return {
        "title": f"{paper.title} ({data.organisation.name})",
        "heading": paper.title,
        "kind": paper.kind,
        "running": paper.kind,
        "lede": paper.lede,
        "notice": paper.notice,
        "made_from": paper.made_from,
        "pages": data.pages,
        "sections": list(map(_section, paper.sections)),
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "blocks": list(map(_block, section.blocks)),
        "parts": list(map(_section, section.parts)),
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Prose():
            return {"kind": "prose", "text": _rich(block.text), "quiet": block.quiet}
        case Bullets():
            return {"kind": "bullets", "items": list(map(_rich, block.items))}
        case Rows():
            return {"kind": "rows", "rows": [[label, _rich(value)] for label, value in block.rows]}
        case Table():
            rows = [list(map(_rich, row)) for row in block.rows]
            widths = list(block.widths or (1,) * len(block.columns))
            return {"kind": "table", "columns": list(block.columns), "rows": rows, "widths": widths}


def _rich(rich: Rich) -> list[dict[str, str]]:
    return [{"text": run.text, "href": run.href} for run in rich]
