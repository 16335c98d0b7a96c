"""The house's own few symbols, drawn on a grid of 20. They stand beside words and never replace them alone."""

from collections.abc import Mapping
from types import MappingProxyType

_SHAPES = {
    "lock": '<rect x="4" y="9" width="12" height="8" rx="1.5"/><path d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9"/>',
    "eye": '<path d="M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10Z"/><circle cx="10" cy="10" r="2.5"/>',
    "paper": '<path d="M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 9.5h5.5M7.5 12.5h5.5"/>',
    "bar": '<path d="M4 3v14M8 5.5h8M8 10h8M8 14.5h5"/>',
    "clock": '<circle cx="10" cy="10" r="7.5"/><path d="M10 5.5V10l3 2"/>',
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "alert": '<path d="M10 3 18 16.5H2zM10 8.5v3.5M10 14.2v.1"/>',
    "info": '<circle cx="10" cy="10" r="7.5"/><path d="M10 9v5M10 6.2v.1"/>',
    "user": '<circle cx="10" cy="6.5" r="3.5"/><path d="M3.5 17.5c.5-4 3-5.5 6.5-5.5s6 1.5 6.5 5.5"/>',
    "people": (
        '<circle cx="7.5" cy="7" r="3"/>'
        '<path d="M2 16.5c.4-3.5 2.5-5 5.5-5s5.1 1.5 5.5 5M13 4.3a3 3 0 0 1 0 5.4M15 12c1.8.6 2.8 2 3 4.5"/>'
    ),
    "building": '<path d="M4 17.5v-15h8v15M12 7.5h4v10M2 17.5h16M7 6h2M7 9.5h2M7 13h2"/>',
    "paperclip": (
        '<path d="m15.5 9-6 6a3.5 3.5 0 0 1-5-5l6.5-6.5a2.3 2.3 0 0 1 3.3 3.3L8 13.1a1.1 1.1 0 0 1-1.6-1.6L12 6"/>'
    ),
    "search": '<circle cx="8.5" cy="8.5" r="5.5"/><path d="m12.7 12.7 4.8 4.8"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "minus": '<path d="M4 10h12"/>',
    "pen": '<path d="m3 17 1-4L13.5 3.5l3 3L7 16zM11.5 5.5l3 3"/>',
    "arrow": '<path d="M3.5 10h13M11.5 5l5 5-5 5"/>',
    "back": '<path d="M16.5 10h-13M8.5 5l-5 5 5 5"/>',
    "menu": '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
    "flag": '<path d="M4.5 18V3M4.5 3.5h11l-2.5 3.7 2.5 3.8h-11"/>',
    "undo": '<path d="M7 3.5 3 7.5l4 4M3.5 7.5H12a4.5 4.5 0 0 1 0 9H7"/>',
    "printer": '<path d="M6 7V2.5h8V7M6 14H3V7h14v7h-3M6 11.5h8v6H6z"/>',
    "download": '<path d="M10 3v10M5.5 8.5 10 13l4.5-4.5M3.5 17h13"/>',
    "mail": '<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/><path d="m3 5.5 7 5.5 7-5.5"/>',
    "phone": (
        '<path d="M4 3h3l1.5 4-2 1.5a10 10 0 0 0 5 5l1.5-2 4 1.5v3c0 .6-.5 1-1 1C8.5 17 3 11.5 3 4c0-.5.5-1 1-1Z"/>'
    ),
    "question": '<circle cx="10" cy="10" r="7.5"/><path d="M7.8 7.8A2.3 2.3 0 1 1 11 10c-.7.4-1 .9-1 1.7M10 14.2v.1"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "dot": '<circle cx="10" cy="10" r="3"/>',
    "keys": (
        '<rect x="2" y="5" width="16" height="10" rx="1.5"/>'
        '<path d="M5 8.2v.1M8.3 8.2v.1M11.7 8.2v.1M15 8.2v.1M6.5 12h7"/>'
    ),
    "bell": '<path d="M4 14.5h12l-1.5-2.3V8.5a4.5 4.5 0 0 0-9 0v3.7zM8.3 17.2a2 2 0 0 0 3.4 0M10 4V2.5"/>',
    "seal": '<circle cx="10" cy="8" r="5"/><path d="m7.8 8 1.6 1.6 2.8-3.2M7 12.3 6 18l4-2 4 2-1-5.7"/>',
}

_OPEN = '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">'

ICONS: Mapping[str, str] = MappingProxyType({name: f"{_OPEN}{shape}</svg>" for name, shape in _SHAPES.items()})
"""Name → ready SVG, hidden from readers of the screen because the words beside it say the same."""
