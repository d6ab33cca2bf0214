"""What django-cors-headers does with CORS_ALLOWED_ORIGINS and CORS_ALLOW_CREDENTIALS, for one page."""

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def allow_the_page(get_response):
    def allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        patch_vary_headers(response, ["Origin"])
        if request.headers.get("Origin") == settings.PAGE_URL:
            response.headers["Access-Control-Allow-Origin"] = settings.PAGE_URL
            response.headers["Access-Control-Allow-Credentials"] = "true"
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        return response

    def is_preflight(request: HttpRequest) -> bool:
        return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers

    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponse:
            return allowed(request, HttpResponse() if is_preflight(request) else await get_response(request))

        return answer_later

    def answer(request: HttpRequest) -> HttpResponse:
        return allowed(request, HttpResponse() if is_preflight(request) else get_response(request))

    return answer
