"""A Flask service that knows who is signed in at a BetterAuth server: `flask --app app run --port 8000`."""

import os

from flask import Flask, Response, request

from betterauth_py.verify import sync
from betterauth_py.verify.flask import SessionAuth

AUTH_URL = os.environ.get("AUTH_URL", "http://localhost:3001")
PAGE_URL = os.environ.get("PAGE_URL", "http://localhost:3000")

app = Flask(__name__)
auth = SessionAuth(sync.SessionVerifier(sync.Remote(AUTH_URL)), app, trusted_origins=[PAGE_URL])

notes: dict[str, list[str]] = {}


@app.get("/me")
@auth.login_required
def me():
    user = auth.current_user
    return {"id": user.id, "name": user.name, "email": user.email}


@app.get("/greeting")
def greeting():
    return {"greeting": f"Hello, {auth.user.name if auth.user else 'stranger'}!"}


@app.get("/notes")
@auth.login_required
def list_notes():
    return notes.get(auth.current_user.id, [])


@app.post("/notes")
@auth.login_required
def add_note():
    text = str(request.get_json()["text"])
    notes.setdefault(auth.current_user.id, []).append(text)
    return {"added": text}, 201


@app.after_request
def allow_the_page(response: Response) -> Response:
    """What Flask-CORS does with `CORS(app, origins=[PAGE_URL], supports_credentials=True)`."""
    response.vary.add("Origin")
    if request.headers.get("Origin") == PAGE_URL:
        response.headers["Access-Control-Allow-Origin"] = PAGE_URL
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    return response
