"""The private link is long: a button copies it where a browser can, and it stands there as text in any case."""

from __future__ import annotations

from django.test import Client

from tests.cast import Cast, filed
from tests.doors.portal.filling import page_of


def test_the_private_link_can_be_copied_where_scripts_run(browser: Client, cast: Cast) -> None:
    html = browser.get(page_of(filed()) + "?sent=complaint").content.decode()
    assert '<p class="copyable" id="private-link">' in html
    assert '<p hidden><button type="button" class="button button-small" data-copy="private-link"' in html
