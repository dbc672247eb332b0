"""The calls of ``Table`` as bytes and back, without botocore's walk along its service model.

What ``requests`` builds is DynamoDB's wire form already, but for bytes, which go as base64; and
what comes back is read by ``codec`` anyway. botocore checks neither, yet visits every attribute
value on both ways by the shapes of its model, a fifth of what a whole call costs. So its public
events hand it an empty request to carry, put our bytes into it before it is signed, and take the
body out of the answer before it is parsed. Signing, sending and every answer that is an error
stay botocore's own, as do all operations that are not named here.
"""

from typing import Any, Final

import msgspec

OPERATIONS: Final = frozenset(
    {"BatchGetItem", "TransactWriteItems", "PutItem", "DeleteItem", "UpdateItem", "Query", "Scan"}
)
_BODY: Final = "laurel_body"  # a key of botocore's own context of one call
_ERRORS_FROM: Final = 300

_Json = dict[str, Any]

_decoder: Final = msgspec.json.Decoder(_Json)


def use_wire_form(client: Any) -> None:  # noqa: ANN401  # botocore makes the class as it goes
    """Let ``client`` write and read the calls of ``Table`` this way."""
    events = client.meta.events
    events.register("provide-client-params.dynamodb", _keep_body)
    events.register("before-call.dynamodb", _put_body)
    events.register("before-parse.dynamodb", _take_body)


def _keep_body(params: _Json, model: Any, context: _Json, **_: object) -> _Json | None:  # noqa: ANN401  # botocore's
    """Write the arguments of a call, and give botocore next to none to write."""
    if model.name not in OPERATIONS:
        return None
    context[_BODY] = msgspec.json.encode(params)
    # Its endpoint rules look for the names of tables, and fail where there is no place for them.
    return {"RequestItems": {}} if "RequestItems" in params else {}


def _put_body(params: _Json, context: _Json, **_: object) -> None:
    if _BODY in context:
        params["body"] = context.pop(_BODY)


def _take_body(
    operation_model: Any,  # noqa: ANN401  # botocore's
    response_dict: _Json,
    customized_response_dict: _Json,
    **_: object,
) -> None:
    """Read an answer; what is no answer of DynamoDB is left for botocore to refuse."""
    if operation_model.name not in OPERATIONS or response_dict["status_code"] >= _ERRORS_FROM:
        return
    try:
        answer = _decoder.decode(response_dict["body"])
    except msgspec.DecodeError:
        return
    customized_response_dict.update(answer)
    response_dict["body"] = b"{}"
