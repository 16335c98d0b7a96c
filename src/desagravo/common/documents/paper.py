"""A paper in parts, as a page and as a PDF show it alike: the procedure, the handbook. Pure, without Django."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
    """Words, perhaps leading somewhere: an address of the web, of mail, a telephone number."""

    text: str
    href: str = ""


Rich = tuple[Run, ...]


@dataclass(frozen=True)
class Prose:
    """A paragraph. ``quiet``: a remark in small letters."""

    text: Rich
    quiet: bool = False
    kind: str = field(default="prose", init=False)


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Rich, ...]
    kind: str = field(default="bullets", init=False)


@dataclass(frozen=True)
class Rows:
    """Labels with what belongs to them."""

    rows: tuple[tuple[str, Rich], ...]
    kind: str = field(default="rows", init=False)


@dataclass(frozen=True)
class Table:
    """A table with a heading for each column; ``widths`` are shares of the line."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Rich, ...], ...]
    widths: tuple[int, ...] = ()
    kind: str = field(default="table", init=False)

    @property
    def named_rows(self) -> list[list[tuple[str, Rich]]]:
        """Each cell with the heading of its column, as a narrow page shows it."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


Block = Prose | Bullets | Rows | Table


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it. ``anchor`` names it in the address of the page."""

    anchor: str
    heading: str
    blocks: tuple[Block, ...]
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Paper:
    """The whole document. ``notice`` says on every page that it is a draft; empty for one in force."""

    code: str
    title: str
    kind: str
    lede: str
    sections: tuple[Section, ...]
    made_from: str
    notice: str = ""
    language: str = "en"


def plain(*texts: str) -> Rich:
    """Words without any link."""
    return tuple(Run(text) for text in texts if text)
