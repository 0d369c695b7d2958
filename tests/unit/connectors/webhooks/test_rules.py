"""Each vendor's rule: what it takes, and all that it does not."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.webhooks import rules
from desktop.connectors.webhooks.rules import Keys, Seal, decoded_for_hubspot
from desktop.domain.webhooks import WebhookCall

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = "a-secret-of-some-length"
KEYS = Keys(SECRET, "https://hooks.example")
BODY = b'[{"eventId":1,"objectId":7}]'
TARGET = "/webhooks/crm"


def call(headers=None, *, body=BODY, target=TARGET, method="POST"):
    return WebhookCall(method, target, headers or {}, body)


def millis(at):
    return str(int(at.timestamp() * 1000))


def hubspot_v3(*, at=NOW, uri="https://hooks.example/webhooks/crm", body=BODY, secret=SECRET, **more):
    """Return a call signed as HubSpot's page on validating requests describes it."""
    source = b"POST" + uri.encode() + body + millis(at).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), source, hashlib.sha256).digest()).decode()
    return call({"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": millis(at)}, body=body, **more)


def test_hubspot_v3_is_taken_while_it_is_fresh():
    assert rules.hubspot(hubspot_v3(), KEYS, NOW)
    assert rules.hubspot(hubspot_v3(at=NOW - timedelta(minutes=5)), KEYS, NOW)
    assert rules.hubspot(hubspot_v3(at=NOW - timedelta(minutes=5, milliseconds=1)), KEYS, NOW) is None
    assert rules.hubspot(hubspot_v3(at=NOW + timedelta(minutes=6)), KEYS, NOW) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "another-secret"},
        {"uri": "https://hooks.example/webhooks/other"},
        {"uri": "http://hooks.example/webhooks/crm"},
    ],
    ids=str,
)
def test_hubspot_v3_signed_for_something_else_is_refused(changed):
    assert rules.hubspot(hubspot_v3(**changed), KEYS, NOW) is None


def test_hubspot_v3_covers_method_body_and_moment():
    good = hubspot_v3()
    later = {**good.headers, "x-hubspot-request-timestamp": millis(NOW + timedelta(seconds=1))}
    assert rules.hubspot(call(good.headers, body=BODY + b" "), KEYS, NOW) is None
    assert rules.hubspot(call(good.headers, method="PUT"), KEYS, NOW) is None
    assert rules.hubspot(call(later), KEYS, NOW) is None
    assert rules.hubspot(call(good.headers, target=TARGET + "?x=1"), KEYS, NOW) is None


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e12", "９" * 13, "9" * 15, "9" * 400, "1 2", "0x10"])
def test_a_senseless_moment_is_refused(stamp):
    assert rules.hubspot(call({"x-hubspot-signature-v3": "x", "x-hubspot-request-timestamp": stamp}), KEYS, NOW) is None
    headers = {rules.TIMESTAMP_HEADER: stamp, rules.SIGNATURE_HEADER: "x"}
    assert rules.SharedHmac()(call(headers), KEYS, NOW) is None


def test_hubspot_signs_some_characters_decoded():
    sent = "/webhooks/crm?to=a%40b.example&why=%21%24%27%28%29%2a%2c%3b%3A%2F%3F&kept=%20%25%C3%A9%26"
    assert decoded_for_hubspot(sent) == "/webhooks/crm?to=a@b.example&why=!$'()*,;:/?&kept=%20%25%C3%A9%26"
    signed = hubspot_v3(uri="https://hooks.example" + decoded_for_hubspot(sent), target=sent)
    assert rules.hubspot(signed, KEYS, NOW)


# The vendor's own examples, from its pages on validating v1 and v2 requests.
EXAMPLE_KEYS = Keys("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", "https://www.example.com")
EXAMPLE_BODY = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":'
    b'"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
)
EXAMPLES = [
    ("v1", "POST", EXAMPLE_BODY, "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"),
    ("v2", "GET", b"", "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
    (
        "v2",
        "POST",
        b'{"example_field":"example_value"}',
        "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
    ),
]


@pytest.mark.parametrize(("version", "method", "body", "signature"), EXAMPLES)
def test_hubspots_published_examples(version, method, body, signature):
    headers = {"x-hubspot-signature": signature, "x-hubspot-signature-version": version}
    example = call(headers, body=body, target="/webhook_uri", method=method)
    assert rules.hubspot(example, EXAMPLE_KEYS, NOW)
    spoilt = call(headers, body=body + b" ", target="/webhook_uri", method=method)
    assert rules.hubspot(spoilt, EXAMPLE_KEYS, NOW) is None


def test_a_wrong_v3_signature_is_not_made_good_by_an_old_one():
    v1 = hashlib.sha256(SECRET.encode() + BODY).hexdigest()
    headers = {"x-hubspot-signature": v1, "x-hubspot-signature-version": "v1"}
    assert rules.hubspot(call(headers), KEYS, NOW)
    spoilt = {**headers, "x-hubspot-signature-v3": "AAAA", "x-hubspot-request-timestamp": millis(NOW)}
    assert rules.hubspot(call(spoilt), KEYS, NOW) is None
    assert rules.hubspot(call({**headers, "x-hubspot-signature-version": "v9"}), KEYS, NOW) is None


def zoho_body(**changes):
    return json.dumps({"server_time": 1, "module": "Contacts", "ids": ["7"], "token": SECRET} | changes).encode()


def test_zohos_token_has_to_come_back():
    assert rules.zoho(call(body=zoho_body()), KEYS, NOW) == Seal()
    for body in (
        zoho_body(token="other"),
        zoho_body(token=None),
        zoho_body(token=[SECRET]),
        zoho_body(token=""),
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"x":' + b"[" * 100_000,
    ):
        assert rules.zoho(call(body=body), KEYS, NOW) is None


def basic(pair, scheme="Basic"):
    return call({"authorization": f"{scheme} {base64.b64encode(pair).decode()}"})


def test_pipedrives_name_and_password():
    good = f"{rules.BASIC_USER}:{SECRET}".encode()
    assert rules.pipedrive(basic(good), KEYS, NOW) == Seal()
    assert rules.pipedrive(basic(good, "basic"), KEYS, NOW) == Seal()
    for wrong in (
        basic(good + b"x"),
        basic(f"someone:{SECRET}".encode()),
        basic(b":"),
        basic(b""),
        basic(good, "Bearer"),
        call({"authorization": "Basic ???"}),
        call({"authorization": "Basic é"}),
        call(),
    ):
        assert rules.pipedrive(wrong, KEYS, NOW) is None


def test_dynamics_header_or_code():
    assert rules.dynamics(call({rules.SECRET_HEADER: SECRET}), KEYS, NOW)
    assert rules.dynamics(call(target=f"{TARGET}?code={SECRET}"), KEYS, NOW)
    for wrong in (
        call({rules.SECRET_HEADER: SECRET[:-1]}),
        call({rules.SECRET_HEADER: "é"}),
        call(target=f"{TARGET}?code="),
        call(target=f"{TARGET}?code=x&code={SECRET}"),
        call(target=f"{TARGET}?other={SECRET}"),
        call(target=f"{TARGET}?" + "&".join(f"a{n}=1" for n in range(200)) + f"&code={SECRET}"),
        call(),
    ):
        assert rules.dynamics(wrong, KEYS, NOW) is None


def custom(*, at=NOW, body=BODY, secret=SECRET, write=bytes.hex):
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).digest()
    return call({rules.TIMESTAMP_HEADER: stamp, rules.SIGNATURE_HEADER: write(digest)}, body=body)


def test_any_other_system_signs_moment_and_body():
    rule = rules.SharedHmac()
    ways = [bytes.hex, lambda d: d.hex().upper(), lambda d: f"sha256={d.hex()}", lambda d: base64.b64encode(d).decode()]
    seals = [rule(custom(write=write), KEYS, NOW) for write in ways]
    assert all(seals)
    assert len({seal.mark for seal in seals}) == 1, "the same signature, however it is written, is the same call"
    assert rule(custom(at=NOW - timedelta(minutes=6)), KEYS, NOW) is None
    assert rule(custom(secret="another"), KEYS, NOW) is None
    assert rule(call(custom().headers, body=b"{}"), KEYS, NOW) is None


def test_a_system_that_names_no_moment_signs_the_body():
    rule = rules.SharedHmac("x-hub-signature-256", "")
    signature = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    assert rule(call({"x-hub-signature-256": f"sha256={signature}"}), KEYS, NOW)
    assert rule(call({"x-hub-signature-256": "sha256="}), KEYS, NOW) is None


ALL_RULES = [rules.hubspot, rules.zoho, rules.pipedrive, rules.dynamics, rules.SharedHmac(), rules.SharedHmac("x", "")]
HEADERS = [
    "authorization", rules.SECRET_HEADER, rules.SIGNATURE_HEADER, rules.TIMESTAMP_HEADER, "x", "x-hubspot-signature",
    "x-hubspot-signature-v3", "x-hubspot-signature-version", "x-hubspot-request-timestamp",
]  # fmt: skip


@given(
    headers=st.dictionaries(st.sampled_from(HEADERS), st.text(max_size=60) | st.just("v1") | st.just(millis(NOW))),
    body=st.binary(max_size=80) | st.just(zoho_body(token="")),
    query=st.text(max_size=40),
)
def test_whatever_a_stranger_sends_is_refused_and_breaks_nothing(headers, body, query):
    for rule in ALL_RULES:
        assert rule(call(headers, body=body, target=f"{TARGET}?{query}"), KEYS, NOW) is None
