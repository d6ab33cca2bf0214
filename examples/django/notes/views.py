"""A sync view, an async view without a user, and one that changes something."""

import json

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from betterauth_py.verify.django import login_required

kept: dict[str, list[str]] = {}


@login_required
def me(request: HttpRequest) -> JsonResponse:
    user = request.betterauth.user
    return JsonResponse({"id": user.id, "name": user.name, "email": user.email})


async def greeting(request: HttpRequest) -> JsonResponse:
    user = await request.betterauth.auser()
    return JsonResponse({"greeting": f"Hello, {user.name if user else 'stranger'}!"})


@require_http_methods(["GET", "POST"])
@login_required
async def notes(request: HttpRequest) -> JsonResponse:
    user = await request.betterauth.auser()
    own = kept.setdefault(user.id, [])
    if request.method == "GET":
        return JsonResponse(own, safe=False)
    text = str(json.loads(request.body)["text"])
    own.append(text)
    return JsonResponse({"added": text}, status=201)
