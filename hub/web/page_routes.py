"""Pages, and what whoever is signed in asks for."""

from __future__ import annotations

from channels.views import FileView
from hub.web import account, files, mails
from hub.web.access import Permission
from hub.web.http import Route

PUBLIC, OWN, DESK = Permission.PUBLIC, Permission.OWN_ACCOUNT, Permission.USE_DESK

PAGES = (
    Route(method="GET", path="/", handler=account.home, needs=PUBLIC, kind="page", summary="To the desk"),
    Route(method="GET", path="/login", handler=account.login_page, needs=PUBLIC, kind="page", summary="Sign-in form"),
    Route(
        method="POST",
        path="/login",
        handler=account.login,
        needs=PUBLIC,
        kind="page",
        form_csrf=True,
        summary="Sign in",
        errors=("wrong_login", "too_many_tries", "bad_csrf", "bad_form"),
    ),
    Route(
        method="POST",
        path="/logout",
        handler=account.logout,
        needs=PUBLIC,
        kind="page",
        form_csrf=True,
        summary="Sign out",
        errors=("bad_csrf",),
    ),
    Route(method="GET", path="/desk", handler=account.desk, needs=DESK, kind="page", summary="The agents' application"),
    # Every address of the application; its socket has a route of its own.
    Route(
        method="GET",
        path="/desk/{view:(?!socket$).*}",
        handler=account.desk,
        needs=DESK,
        kind="page",
        summary="The agents' application, at one of its views",
    ),
)

ACCOUNT = (
    Route(method="GET", path="/api/me", handler=account.me, needs=OWN, answer=account.Me, summary="Who is signed in"),
    Route(
        method="PATCH",
        path="/api/me",
        handler=account.change_me,
        needs=OWN,
        body=account.MeChange,
        answer=account.Me,
        summary="Change one's language or password",
        errors=("wrong_password", "weak_password", "nothing_to_change"),
    ),
    Route(
        method="POST",
        path="/api/desk/ticket",
        handler=account.ticket,
        needs=DESK,
        answer=account.Ticket,
        summary="One-time ticket for the desk's socket",
    ),
    Route(
        method="POST",
        path="/api/files",
        handler=files.upload,
        needs=DESK,
        answer=FileView,
        summary="Upload a file (multipart, field `file`)",
        errors=("too_large", "type_refused", "empty_file", "bad_form"),
    ),
    Route(
        method="GET",
        path="/files/{id}",
        handler=files.download,
        needs=Permission.READ_FILES,
        summary="A file: a picture, or (303) a link to it that is good for a minute",
        errors=("not_found",),
    ),
    Route(
        method="GET",
        path="/download/{token}",
        handler=files.linked,
        needs=PUBLIC,
        kind="open",
        summary="A file by its link; looks at no cookie",
        errors=("not_found",),
    ),
    Route(
        method="GET",
        path="/api/conversations/{conversation}/mail/{file}",
        handler=mails.whole,
        needs=Permission.READ_FILES,
        summary="A whole mail as an html page for a sandboxed frame (`pictures=1`: with pictures from elsewhere)",
        errors=("not_found",),
    ),
)
