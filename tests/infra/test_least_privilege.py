"""The whole road of a voucher, with every function held to its policy."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError

from functions.adapters.signing import Signer
from functions.domain.credential import Credential
from infra.audit import audit
from infra.deploy import Outputs, Target
from infra.local import retailer
from infra.local.folder import Folder
from infra.local.order import paid_order
from infra.local.phone.post import Post
from infra.local.seed import Seeded, seed
from infra.local.web import Api, until

pytestmark = pytest.mark.stack

# The emulator asks for actions that AWS does not know, where AWS asks for the single one.
BATCHES = ["sqs:SendMessageBatch", "sqs:DeleteMessageBatch", "sqs:ChangeMessageVisibilityBatch"]
# It does not see from which identity a raw e-mail comes either.
EMULATOR_ASKS = {
    "checkout": BATCHES,
    "administration": BATCHES,
    "issue_order": BATCHES,
    "send_email": [*BATCHES, "ses:SendEmail"],
    "send_sms": BATCHES,
}

PATIENCE = 60.0


@dataclass(frozen=True)
class Retail:
    target: Target
    outputs: Outputs
    seeded: Seeded
    admin: Api

    @property
    def till(self) -> Api:
        return Api(self.outputs.api_url, self.seeded.terminals[0]["token"])

    def order(self, person: retailer.Person) -> str:
        """The voucher that an order of `person` becomes."""
        webhook = paid_order(person, self.seeded.shops[0]["secret"])
        Api(self.outputs.api_url).post_raw("/webhooks/demo-shopify", webhook.body, webhook.headers).expect(200)
        (voucher_id,) = until("The voucher", partial(self._vouchers, webhook.order_id), PATIENCE)
        return str(voucher_id)

    def _vouchers(self, order_id: str) -> list[str] | None:
        vouchers: list[str] = self.admin.get(f"/v1/orders/demo-shopify/{order_id}").expect(200).body["vouchers"]
        return vouchers or None

    def received(self, channel: str) -> str | None:
        """The first text that came by a channel."""
        texts = [
            message.body["text"]
            for message in Post(self.target.endpoint_url or "").fetch()
            if message.channel == channel
        ]
        return texts[0] if texts else None


@pytest.fixture(scope="module")
def retail(local_aws: Target, deployed: Outputs, tmp_path_factory: pytest.TempPathFactory) -> Retail:
    for function, actions in EMULATOR_ASKS.items():
        _allow_further(local_aws, deployed.functions[function], actions)
    local_aws.client("sesv2").create_email_identity(EmailIdentity=retailer.EMAIL_FROM)
    secret = local_aws.client("secretsmanager").get_secret_value(SecretId=deployed.secrets["admin"])["SecretString"]
    seeded = seed(deployed.api_url, secret, Folder(tmp_path_factory.mktemp("retailer")))
    return Retail(local_aws, deployed, seeded, Api(deployed.api_url, secret))


def _allow_further(target: Target, function: str, actions: list[str]) -> None:
    role = target.client("lambda").get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    target.client("iam").put_role_policy(RoleName=role, PolicyName="emulator", PolicyDocument=document)


@pytest.fixture(scope="module")
def voucher_id(retail: Retail) -> str:
    return retail.order(retailer.HAO)


@pytest.fixture(scope="module")
def code(retail: Retail, voucher_id: str) -> str:
    """What a customer without anything but a telephone shows: the code in the text message."""
    assert voucher_id
    text = until("The text message", lambda: retail.received("sms"), PATIENCE)
    found = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", text)
    assert found
    return found[0]


@pytest.fixture(scope="module")
def token(retail: Retail, voucher_id: str) -> str:
    client = retail.target.client("secretsmanager")
    keys = client.get_secret_value(SecretId=retail.outputs.secrets["signing"])["SecretString"]
    return Signer(lambda: json.loads(keys)).token(Credential(voucher_id, 1))


def test_text_message_reaches_a_customer(code: str) -> None:
    assert len(code.replace("-", "")) == 16


def test_mail_reaches_a_customer(retail: Retail) -> None:
    retail.order(retailer.LEE)

    assert until("The mail", lambda: retail.received("email"), PATIENCE)


def test_till_reads_the_voucher(retail: Retail, code: str) -> None:
    assert retail.till.post("/v1/pos/lookup", {"credential": code}).expect(200).body["usable"] is True


def test_till_redeems_and_takes_back(retail: Retail, code: str) -> None:
    redeemed = retail.till.put("/v1/pos/redemptions/least-1", {"credential": code})
    voided = retail.till.post("/v1/pos/redemptions/least-1/void")

    assert (redeemed.status, voided.status) == (201, 200)


def test_till_leaves_a_tombstone_for_what_it_never_saw(retail: Retail) -> None:
    assert retail.till.post("/v1/pos/redemptions/least-2/void").status == 200


@pytest.mark.parametrize("path", ["/v/{token}", "/v/{token}/qr.png", "/v/{token}/qr.svg"])
def test_page_and_pictures_are_shown(retail: Retail, token: str, path: str) -> None:
    address = retail.outputs.api_url + path.format(token=token)

    assert urllib3.request("GET", address, retries=False, timeout=PATIENCE).status == 200


@pytest.mark.parametrize(
    "path", ["/v1/shops/demo-shopify", "/v1/customers/mei", "/v1/vouchers/{id}", "/v1/vouchers/{id}/ledger"]
)
def test_administration_reads(retail: Retail, voucher_id: str, path: str) -> None:
    assert retail.admin.get(path.format(id=voucher_id)).status == 200


@pytest.mark.parametrize("action", ["suspend", "resume", "reissue", "revoke"])
def test_administration_acts_on_a_voucher(retail: Retail, voucher_id: str, code: str, action: str) -> None:
    assert code
    assert retail.admin.post(f"/v1/vouchers/{voucher_id}/{action}").status == 200


def test_till_and_administration_see_the_day_s_settlement(retail: Retail) -> None:
    day, store_id = datetime.now(ZoneInfo("Asia/Taipei")).date(), retail.seeded.terminals[0]["store_id"]

    own = retail.till.get(f"/v1/pos/settlements/{day}")
    seen = retail.admin.get(f"/v1/settlements/{store_id}/{day}")

    assert (own.status, seen.status, own.body["lines"]) == (200, 200, seen.body["lines"])


def test_auditor_audits_all_of_it_and_opens_a_case_of_what_differs(retail: Retail, voucher_id: str) -> None:
    assert audit(retail.target, retail.outputs, None, lambda _: None).differences == []
    key, table = {"pk": {"S": f"VOUCHER#{voucher_id}"}, "sk": {"S": "VOUCHER"}}, retail.outputs.tables["vouchers"]
    dynamodb = retail.target.client("dynamodb")
    right = dynamodb.get_item(TableName=table, Key=key)["Item"]
    dynamodb.put_item(TableName=table, Item=right | {"credential": {"N": "7"}})

    found = audit(retail.target, retail.outputs, voucher_id, lambda _: None)

    dynamodb.put_item(TableName=table, Item=right)
    assert [each["code"] for each in found.differences] == ["credential"]
    assert retail.admin.get("/v1/liability").expect(200).body["as_of"] is not None


def test_address_that_a_customer_gives_up_is_let_go(retail: Retail) -> None:
    without_email = {name: value for name, value in retailer.MEI.request.items() if name != "email"}

    assert retail.admin.put("/v1/customers/mei", without_email).status == 200


def test_terminal_is_moved_to_another_store_and_revoked(retail: Retail) -> None:
    moved = retail.admin.put("/v1/terminals/zhongshan-1", {"store_id": "taichung"})
    revoked = retail.admin._send("DELETE", "/v1/terminals/zhongshan-1")

    assert (moved.status, revoked.status) == (200, 200)


def test_function_is_refused_what_its_road_does_not_need(retail: Retail) -> None:
    """Else all of the above would prove nothing: the emulator really asks the policies."""
    till = retail.target.client("lambda").get_function_configuration(FunctionName=retail.outputs.functions["till"])
    session = retail.target.client("sts").assume_role(RoleArn=till["Role"], RoleSessionName="test")["Credentials"]
    as_till = boto3.client(
        "dynamodb",
        region_name=retail.target.region,
        endpoint_url=retail.target.endpoint_url,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    key = {"pk": {"S": "VOUCHER#1"}, "sk": {"S": "VOUCHER"}}

    with pytest.raises(ClientError, match="not authorized to perform: dynamodb:DeleteItem"):
        as_till.delete_item(TableName=retail.outputs.tables["vouchers"], Key=key)
