"""The API as one object: how it answers, refuses and describes itself."""

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from ninja import NinjaAPI

from desagravo import __version__
from desagravo.api import words  # noqa: F401  (registers the sentences of this door)
from desagravo.api.refusals import Refused, body_of, status_of
from desagravo.common.refusals import Refusal

_ABOUT = """Files complaints and lets a customer follow them, without an account.

Every answer is JSON in UTF-8. Refusals have one shape: `errors`, a list of `field`, `code` and `message`. The codes
stay; the messages come in the language of `Accept-Language`, or of the field `language` in the body: English (`en`) or
Portuguese (`pt-pt`); Brazilian Portuguese (`pt-br`) and Spanish (`es`) fall back where words are missing.
Unknown fields are refused, so that a misspelt one is noticed. No cookie is read."""


class House(NinjaAPI):
    """An API whose answers are kept by nobody and say their language."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        """An answer with our headers."""
        return _ours(super().create_response(request, data, **kwargs))

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        """Where the API lies, for the schema: inside this door's own namespace."""
        return reverse(f"api:{self.urls_namespace}:api-root", kwargs=path_params)

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """The answer that an operation fills."""
        return _ours(super().create_temporal_response(request))


def _ours(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = translation.get_language() or "en"
    return response


api = House(
    title="Desagravo",
    version=__version__,
    description=_ABOUT,
    docs_url=None,
    urls_namespace="api-v1",
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)


def refusal_answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal."""
    response = api.create_response(request, body_of(refusal), status=status_of(refusal))
    for name, value in getattr(refusal, "headers", {}).items():
        response.headers[name] = value
    return response


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    return refusal_answer(request, refusal)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
@api.exception_handler(OSError)
def _away(request: HttpRequest, problem: Any) -> HttpResponse:
    """The database or the disk does not answer: nothing was accepted, and the caller is told so."""
    return refusal_answer(request, Refused(503, "not_accepted", headers={"Retry-After": "10"}))
