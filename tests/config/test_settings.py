"""Headers and cookies on real answers, and what a hostile visitor gets."""

from __future__ import annotations

import pytest
from django.conf import settings as conf
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from tests.api.test_public_pages import EVERYTHING, PAGES

pytestmark = pytest.mark.django_db

STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
OTHERS = ["/search/?q=ket", "/accounts/login/", "/nothing-here/", "/healthz/", "/robots.txt", "/go/nobody/"]


def policy(client: Client, address: str) -> set[str]:
    return set(client.get(address).headers["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("address", [*EVERYTHING, *OTHERS])
def test_public_answers_have_the_strict_policy(reader: Client, address: str) -> None:
    response = reader.get(address)
    assert set(response.headers["Content-Security-Policy"].split("; ")) == STRICT
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_the_looser_policy_is_the_admin_s_alone(admin_client: Client) -> None:
    admin = policy(admin_client, "/admin/")
    assert "script-src 'self' 'unsafe-inline'" in admin
    for address in ("/", "/administration/", "/drugs/ketamine/", "/accounts/2fa/"):
        assert policy(admin_client, address) == STRICT


def test_a_signed_in_reader_gets_pages_that_nobody_keeps(admin_client: Client) -> None:
    answer = admin_client.get("/about/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not caches["pages"]._cache  # type: ignore[attr-defined]


def test_https_is_demanded_in_production(settings: Settings, reader: Client) -> None:
    settings.SECURE_SSL_REDIRECT = True
    redirect = reader.get("/about/")
    assert (redirect.status_code, redirect.headers["Location"]) == (301, "https://testserver/about/")
    secure = reader.get("/about/", secure=True)
    hsts = secure.headers["Strict-Transport-Security"]
    assert hsts == "max-age=63072000; includeSubDomains; preload"


def test_cookies_of_staff_are_locked() -> None:
    from config.settings import base

    assert base.SESSION_COOKIE_SECURE
    assert base.CSRF_COOKIE_SECURE
    assert base.SESSION_COOKIE_HTTPONLY
    assert not base.DEBUG
    assert base.STAFF_TWO_FACTOR == "required"
    assert not hasattr(base, "SECRET_KEY")


HOSTILE = [
    "/?a=%00",
    "/?%ff=%fe",
    "/drugs/ketamine/?name=%00%ff",
    "/drugs/%00/",
    "/drugs/%ff/",
    "/drugs/..%2f..%2fetc/passwd/",
    "/drugs/" + "a" * 3000 + "/",
    "/resources/?key_stage=%00&risk_group='--",
    "/resources/?key_stage=ks3&key_stage=ks4",
    "/resources/x/download/",
    "/resources/ketamine-and-choices/files/0/",
    "/resources/ketamine-and-choices/files/" + "9" * 400 + "/",
    "/api/v1/substances/%00",
    "/api/v1/substances/'%20OR%201=1",
    "/api/v1/substances?limit=0",
    "/api/v1/substances?limit=-1",
    "/api/v1/substances?limit=99999999999999999999",
    "/api/v1/substances?offset=38437052414515896320",
    "/api/v1/substances?offset=%00",
    "/api/v1/substances?unknown=1",
    "/api/v1/resources?key_stage=%00",
    "/api/v1/resources?key_stage=nothing",
    "/api/v1/search?q=%00",
    "/api/v1/search?q=%22",
    "/api/v1/search?q=" + "a" * 3000,
    "/api/v1/suggest?q=%ff%fe",
    "/api/v1/topics/" + "9" * 500,
    "/api/v1//substances",
    "/api/v1/",
    "/search/?q=%00%22%27",
    "/go/%00/",
    "/documents/999999999999999999999/x.pdf",
    "/admin/pages/999999999999999999999999/edit/",
    "/static/../../manage.py",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_hostile_addresses_never_break_it(reader: Client, address: str) -> None:
    assert reader.get(address).status_code < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"' * 500},
        {"If-None-Match": "W/\x7f"},
        {"Accept": "text/" + "x" * 5000},
        {"Accept-Encoding": "\xff;q=x"},
        {"Accept-Language": "x" * 10_000},
        {"Referer": "http://[::1"},
        {"Cookie": "sessionid=\x00; csrftoken=" + "a" * 4000},
        {"Sec-Fetch-Mode": "\x7f"},
        {"User-Agent": "(" * 5000},
        {"Range": "bytes=9-1"},
        {"Host": "evil.example"},
        {"Host": "testserver:notaport"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "'; DROP TABLE"},
    ],
)
@pytest.mark.parametrize("address", ["/drugs/ketamine/", "/api/v1/substances/ketamine", "/search/?q=ket"])
def test_hostile_headers_never_break_it(reader: Client, address: str, headers: dict[str, str]) -> None:
    assert reader.get(address, headers=headers).status_code < 500


@pytest.mark.parametrize(
    "address", ["/search/", "/", "/drugs/ketamine/", "/api/v1/substances", "/accounts/login/"]
)
def test_a_large_body_is_refused_unread(reader: Client, address: str) -> None:
    response = reader.post(
        address, b"q=" + b"a" * (conf.PUBLIC_REQUEST_BYTES + 1), "application/x-www-form-urlencoded"
    )
    assert response.status_code == 413


def test_a_body_that_lies_about_its_length_is_refused(reader: Client) -> None:
    response = reader.post("/search/", b"q=ket", "application/x-www-form-urlencoded", CONTENT_LENGTH="five")
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/v1/substances", "/indicators/", "/go/childline/", "/healthz/"])
def test_nothing_can_be_written(reader: Client, address: str, method: str) -> None:
    assert getattr(reader, method)(address).status_code == 405


def test_the_health_of_the_service(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    assert reader.get("/healthz/").json()["status"] == "ok"

    def away() -> int:
        raise DatabaseError

    monkeypatch.setattr("config.views.stored_version", away)
    response = reader.get("/healthz/")
    assert (response.status_code, response.json()["status"]) == (503, "The database does not answer.")


def test_crawlers_stay_out_of_search(reader: Client) -> None:
    assert "Disallow: /search/" in reader.get("/robots.txt").content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_urgent_help_and_a_way_out(reader: Client, address: str) -> None:
    html = reader.get(address).content.decode()
    assert 'href="tel:999"' in html
    assert "data-exit" in html


def test_there_is_one_door_for_staff(reader: Client) -> None:
    for address in ("/admin/login/", "/_util/login/"):
        for answer in (reader.get(address), reader.post(address, {"username": "x", "password": "x"})):
            assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")


def test_no_address_leads_to_a_form_without_a_second_step() -> None:
    """Every sign-in form of Django's own, wherever a package mounts it, must stand behind one of ours."""
    from django.contrib.auth.views import LoginView
    from django.urls import URLPattern, get_resolver, resolve

    def patterns(resolver: object, prefix: str = "/") -> list[tuple[str, URLPattern]]:
        found: list[tuple[str, URLPattern]] = []
        for pattern in resolver.url_patterns:  # type: ignore[attr-defined]
            place = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
            if isinstance(pattern, URLPattern):
                found.append((place, pattern))
            else:
                found += patterns(pattern, place)
        return found

    forms = [
        place
        for place, pattern in patterns(get_resolver())
        if issubclass(getattr(pattern.callback, "view_class", object), LoginView)
    ]
    assert forms
    for place in forms:
        view = getattr(resolve(place).func, "view_class", None)
        assert view is None or not issubclass(view, LoginView), place


@pytest.mark.parametrize(
    "address",
    [
        "/media/images/../documents/secret.txt",
        "/media/images/%2e%2e/documents/secret.txt",
        "/media/images/..%2fdocuments%2fsecret.txt",
        "/media/documents/secret.txt",
        "/media/original_images/secret.txt",
        "/media/secret.txt",
    ],
)
def test_only_resized_pictures_lie_open(reader: Client, address: str) -> None:
    for folder in ("documents", "original_images", "."):
        (conf.MEDIA_ROOT / folder).mkdir(parents=True, exist_ok=True)
        (conf.MEDIA_ROOT / folder / "secret.txt").write_text("secret")
    answer = reader.get(address)
    assert answer.status_code in {400, 404}
    assert b"secret" not in answer.content


def test_a_resized_picture_is_served(reader: Client) -> None:
    (conf.MEDIA_ROOT / "images").mkdir(parents=True, exist_ok=True)
    (conf.MEDIA_ROOT / "images" / "graph.txt").write_text("picture")
    assert b"".join(reader.get("/media/images/graph.txt").streaming_content) == b"picture"  # type: ignore[attr-defined]


@pytest.mark.parametrize("charset", ["hex", "rot13", "zlib", "idna", "undefined", "unicode_escape", "utf-16"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_a_body_in_no_language_never_breaks_it(reader: Client, kind: str, charset: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n\\ud800 ket\r\n--x--\r\n'
    body = part if "multipart" in kind else b"q=%5Cud800+ket"
    answer = reader.generic("POST", "/search/", body, f"{kind}; charset={charset}")
    assert answer.status_code < 500


def test_a_page_is_only_read(reader: Client) -> None:
    assert reader.post("/about/").status_code == 405


def test_a_length_of_many_digits_is_refused(reader: Client) -> None:
    answer = reader.generic("POST", "/search/", b"q=ket", CONTENT_LENGTH="1" * 5000)
    assert answer.status_code == 400


def test_a_document_by_its_number_is_for_staff(reader: Client, admin_client: Client) -> None:
    from prevention.media.models import CandourDocument

    document = CandourDocument.objects.first()
    assert document is not None
    assert reader.get(document.url).status_code == 404
    assert admin_client.get(document.url).getvalue()
