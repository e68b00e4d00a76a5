"""Sends: one row a message and channel."""

from collections.abc import Iterable

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import NEW, Database, Put, unchanged
from functions.adapters.dynamodb.records import from_item, to_item
from functions.adapters.errors import ConflictError
from functions.domain.identity import message_id
from functions.domain.sending import Channel, Send
from functions.domain.voucher import Voucher


class SendTable:
    """Reads and writes sends; a change is written only over the version it was made from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, message_id: str, channel: Channel) -> Send | None:
        """One message on one channel."""
        item = self._database.get(keys.send(message_id, channel))
        return from_item(Send, item) if item else None

    def waiting(self, vouchers: Iterable[Voucher]) -> list[Send]:
        """The messages that bring the vouchers' present credentials and that no channel has been asked to take yet."""
        messages = [message_id(voucher.voucher_id, voucher.credential) for voucher in vouchers]
        items = self._database.read(keys.send(message, channel) for message in messages for channel in Channel)
        sends = [from_item(Send, item) for item in items.values()]
        return [send for send in sends if send.is_untouched]

    def add(self, send: Send) -> None:
        """Write a new row, or leave the one that is there as it stands."""
        try:
            self._database.write([new_send(send)])
        except ConflictError:
            # Somebody was here before, perhaps ourselves before a crash: the row may even be sent by now.
            return

    def save(self, changed: Send) -> None:
        """Write a row one version on.

        Raises:
            ConflictError: it changed since it was read.
        """
        try:
            self._database.write([Put(_key(changed), to_item(changed), unchanged(changed.version - 1))])
        except ConflictError:
            # boto3 repeats a write whose answer was lost, and then meets its own row.
            if self.get(changed.message_id, changed.address.channel) != changed:
                raise


def new_send(send: Send) -> Put:
    """The write of a row that is not there yet, for whoever writes it along with something else."""
    return Put(_key(send), to_item(send), NEW)


def _key(send: Send) -> keys.Key:
    return keys.send(send.message_id, send.address.channel)
