"""The Chalice app: every Lambda function of Storebound, and no rules.

Chalice serves whatever path leads to a function; which path leads to which function is said in `infra/roads.py`.
"""

from typing import Any

from chalice.app import Chalice

from functions.administration import entry as administration
from functions.administration.accounts import entry as accounts
from functions.checkout import entry as checkout_room
from functions.dispatch import entry as dispatch
from functions.engagement import entry as engagement
from functions.issuance import entry as issuance
from functions.pages import entry as pages_room
from functions.redemption import entry as redemption
from functions.runtime.gateway import acceptable

app = Chalice(app_name="storebound")
for room in (checkout_room, redemption, administration, accounts, engagement, pages_room, issuance, dispatch):
    app.register_blueprint(room.bp)

# Event functions resolve as `app.<name>`, so that Lambda imports the app and not a room alone.
issue_order = issuance.issue_order
audit = accounts.audit
send_line, send_email, send_sms = dispatch.send_line, dispatch.send_email, dispatch.send_sms


@app.lambda_function(name="checkout")
def checkout(event: dict[str, Any], context: object) -> Any:  # noqa: ANN401 - API Gateway's own shape
    """The webhooks of web shops."""
    return app(acceptable(event), context)


@app.lambda_function(name="till")
def till(event: dict[str, Any], context: object) -> Any:  # noqa: ANN401 - as above
    """What tills call."""
    return app(acceptable(event), context)


@app.lambda_function(name="pages")
def pages(event: dict[str, Any], context: object) -> Any:  # noqa: ANN401 - as above
    """What people look at."""
    return app(acceptable(event), context)
