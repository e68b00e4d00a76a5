"""What became of a call to AWS that must not be made twice: SES and SNS have no token that would make it one."""

from collections.abc import Callable, Mapping

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from functions.domain.sending import Accepted, Lost, Outcome, Refused, TryLater

_GATEWAY_TIMEOUT = 504  # the one answer that does not say whether the service behind it did the work
# Raised before the request has left. After any other the work may have been done.
_NEVER_LEFT = (
    exceptions.ConnectTimeoutError,
    exceptions.CredentialRetrievalError,
    exceptions.EndpointConnectionError,
    exceptions.NoCredentialsError,
    exceptions.ParamValidationError,
    exceptions.PartialCredentialsError,
    exceptions.ProxyConnectionError,
    exceptions.SSLError,
)


def outcome_of(call: Callable[[], str], service: str, refusals: Mapping[str, str]) -> Outcome:
    """Make the call, which returns the provider's id of the message, and say what became of it.

    `refusals` maps the error codes that no repeat would mend to reasons. All other answers may be different later:
    limits, an account on hold, a sender or permission that a person has to set right.
    """
    try:
        return Accepted(call())
    except ClientError as error:
        return _answered(error, service, refusals)
    except _NEVER_LEFT:
        return TryLater(f"{service}_unreachable")
    except BotoCoreError:
        return Lost(f"{service}_answer_lost")


def _answered(error: ClientError, service: str, refusals: Mapping[str, str]) -> Outcome:
    code = str(error.response.get("Error", {}).get("Code"))
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == _GATEWAY_TIMEOUT:
        return Lost(f"{service}_answer_lost")
    if code in refusals:
        return Refused(f"{service}_{refusals[code]}")
    return TryLater(f"{service}_{code}")
