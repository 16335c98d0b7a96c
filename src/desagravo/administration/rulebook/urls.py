"""Addresses of the rulebook."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from desagravo.administration.rulebook.views import editions, forms, going, moving, preview, rows, trying

urlpatterns: list[URLPattern | URLResolver] = [
    path("rulebook/", editions.all_of_them, name="rulebook"),
    path("rulebook/import/", going.bring, name="rulebook_import"),
    path("rulebook/<str:code>/", editions.edition, name="rulebook_edition"),
    path("rulebook/<str:code>/whole/", editions.whole, name="rulebook_whole"),
    path("rulebook/<str:code>/read/<str:book>/", editions.chapter, name="rulebook_chapter"),
    path("rulebook/<str:code>/differences/", editions.differences, name="rulebook_differences"),
    path("rulebook/<str:code>/export/", editions.export, name="rulebook_export"),
    path("rulebook/<str:code>/copy/", going.copy, name="rulebook_copy"),
    path("rulebook/<str:code>/note/", going.note, name="rulebook_note"),
    path("rulebook/<str:code>/proposal/", going.proposal, name="rulebook_proposal"),
    path("rulebook/<str:code>/return/", going.giving_back, name="rulebook_return"),
    path("rulebook/<str:code>/publication/", going.publication, name="rulebook_publication"),
    path("rulebook/<str:code>/discarding/", going.discarding, name="rulebook_discarding"),
    path("rulebook/<str:code>/move/", moving.move, name="rulebook_move"),
    path("rulebook/<str:code>/try-out/", trying.try_out, name="rulebook_try_out"),
    path("rulebook/<str:code>/try-out/<int:key>/", trying.tried, name="rulebook_tried"),
    path("rulebook/<str:code>/try-out/<int:key>/cases.csv", trying.table, name="rulebook_tried_table"),
    path("rulebook/<str:code>/try-out/<int:key>/<path:group>/", trying.cases, name="rulebook_tried_cases"),
    path("rulebook/<str:code>/letters/<str:letter>/preview/", preview.preview, name="rulebook_letter"),
    path("rulebook/<str:code>/policies/", going.policies, name="rulebook_policies"),
    path("rulebook/<str:code>/change/", editions.change, name="rulebook_change"),
    path("rulebook/<str:code>/change/<str:book>/", forms.piece, name="rulebook_part"),
    path("rulebook/<str:code>/change/<str:book>/at/<path:way>/", forms.piece, name="rulebook_piece"),
    path("rulebook/<str:code>/change/<str:book>/new/<path:way>/", forms.new, name="rulebook_new"),
    path("rulebook/<str:code>/change/<str:book>/rows/<path:way>/", rows.row, name="rulebook_row"),
]
