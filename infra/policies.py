"""The role of each function: what its road needs, on the resources of its road, and no more."""

from typing import Any

from infra.roads import CHANGING, QUEUES, SECRETS, TABLES, Road

Json = dict[str, Any]

_CONSUME = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]


def imported(output: str) -> Json:
    """An output of the data stack, by its export."""
    return {"Fn::ImportValue": {"Fn::Sub": f"${{DataStack}}-{output}"}}


def role(road: Road) -> Json:
    """The function's execution role."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = {"Version": "2012-10-17", "Statement": statements(road)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "road", "PolicyDocument": policy}],
        },
    }


def statements(road: Road) -> list[Json]:
    """Everything the function may do."""
    found = [_logs(road), *_tables(road), *_queues(road), *_secrets(road)]
    for permission in road.may:
        found += _SPECIAL[permission]()
    return found


def _allow(sid: str, actions: list[str], resource: object) -> Json:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _logs(road: Road) -> Json:
    streams = {"Fn::GetAtt": [f"{road.stem}Logs", "Arn"]}
    return _allow("WriteOwnLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)


def _tables(road: Road) -> list[Json]:
    found = [statement for table, actions in road.tables.items() for statement in _table(road, table, actions)]
    return found + [_index(table, name) for table, names in road.indexes.items() for name in names]


def _table(road: Road, table: str, actions: frozenset[str]) -> list[Json]:
    name, partitions = TABLES[table], road.writes_only.get(table)
    if not partitions:
        return [_items(f"Use{name}", actions, name)]
    leading = {"dynamodb:LeadingKeys": [f"{prefix}*" for prefix in partitions]}
    written = _items(f"Change{name}", actions & CHANGING, name) | {"Condition": {"ForAllValues:StringLike": leading}}
    used = actions - CHANGING
    return [*([_items(f"Use{name}", used, name)] if used else []), written]


def _index(table: str, name: str) -> Json:
    arn = {"Fn::Join": ["/", [imported(f"{TABLES[table]}TableArn"), "index", name]]}
    return _allow(f"Query{name.capitalize()}", ["dynamodb:Query"], arn)


def _items(sid: str, actions: frozenset[str], table: str) -> Json:
    return _allow(sid, [f"dynamodb:{action}" for action in sorted(actions)], imported(f"{table}TableArn"))


def _queues(road: Road) -> list[Json]:
    found = []
    outbound = [imported(f"{QUEUES[queue]}QueueArn") for queue in road.sends_to]
    if road.consumes:
        found.append(_allow("TakeMessages", _CONSUME, imported(f"{QUEUES[road.consumes]}QueueArn")))
        # A message that can never succeed is given up on at once, without using up its tries.
        outbound.append(imported(f"{QUEUES[road.consumes]}DeadLettersArn"))
    if outbound:
        found.append(_allow("SendMessages", ["sqs:SendMessage"], outbound))
    return found


def _secrets(road: Road) -> list[Json]:
    arns = [imported(f"{SECRETS[secret]}SecretArn") for secret in road.secrets]
    return [_allow("ReadSecrets", ["secretsmanager:GetSecretValue"], arns)] if arns else []


def _send_email() -> list[Json]:
    """Any sender that is verified in this account: a shop may write under an address of its own."""
    senders = {"Fn::Sub": "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*"}
    return [_allow("SendEmail", ["ses:SendEmail", "ses:SendRawEmail"], senders)]


def _send_text_messages() -> list[Json]:
    """Telephone numbers have no ARN, so AWS wants `*` for them; the second statement takes topics out again."""
    topics = {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}
    return [
        _allow("SendTextMessages", ["sns:Publish"], "*"),
        {"Sid": "ButNotToTopics", "Effect": "Deny", "Action": ["sns:Publish"], "Resource": topics},
    ]


_SPECIAL = {"send_email": _send_email, "send_text_messages": _send_text_messages}
