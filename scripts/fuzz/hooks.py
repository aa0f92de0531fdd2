"""What schemathesis has to be told about Damask: how the body of a tus chunk is sent, that an Idempotency-Key is used for
one request alone, and that further headers are no fault of a request (RFC 9110, 5.1)."""

import uuid

import schemathesis


@schemathesis.serializer("application/offset+octet-stream")
def chunk(_context, value):
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(_context, case, _kwargs):
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


@schemathesis.hook
def filter_case(_context, case):
    return "x-schemathesis-unknown-property" not in (case.headers or {})
