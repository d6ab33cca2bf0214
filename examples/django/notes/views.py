"""A sync view, an async view that is public, and one that changes something."""

import json

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from betterauth_py.verify.django import BetterAuthRequest, login_required

kept: dict[str, list[str]] = {}


@login_required
def me(request: BetterAuthRequest) -> JsonResponse:
    user = request.betterauth.current_user
    return JsonResponse({"id": user.id, "name": user.name, "email": user.email})


async def greeting(request: BetterAuthRequest) -> JsonResponse:
    user = await request.betterauth.auser()
    return JsonResponse({"greeting": f"Hello, {user.name if user else 'stranger'}!"})


@csrf_exempt  # its origin is checked, by login_required
@require_http_methods(["GET", "POST"])
@login_required
async def notes(request: BetterAuthRequest) -> JsonResponse:
    own = kept.setdefault(request.betterauth.current_user.id, [])
    if request.method == "GET":
        return JsonResponse(own, safe=False)
    text = str(json.loads(request.body)["text"])
    own.append(text)
    return JsonResponse({"added": text}, status=201)
