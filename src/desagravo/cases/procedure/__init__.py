"""The complaint procedure as a document, for customers and for staff, made from the edition that the software obeys.

``gathering`` collects what an edition and the organisation say, ``customers`` and ``handbook`` turn it into a
:class:`~desagravo.common.documents.paper.Paper` in the reader's language; pages and PDF show the same paper. Nothing of
it is stored: change one number in the edition, and both documents and the behaviour change with it (P11).
"""
