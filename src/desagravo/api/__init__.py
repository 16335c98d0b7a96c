"""The API: the same verbs as the portal's pages, for shops, apps and other systems that file for a customer.

It knows no accounts and reads no cookies. What a caller may do follows from the tracking link that filing gives back.
"""
