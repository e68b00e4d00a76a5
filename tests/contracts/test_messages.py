import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from functions.contracts.messages import MESSAGES, Message, OrderChanged, SendRequested
from functions.domain.sending import Channel
from infra import catalogue

SAMPLES = sorted((catalogue.EVENTS / "samples").glob("*/*.json"))
VERSIONS = sorted(MESSAGES)


def named(sample: Path) -> tuple[str, int]:
    return sample.parent.name, int(sample.stem)


def schema(kind: str, version: int) -> dict[str, Any]:
    text = (catalogue.EVENTS / "schemas" / f"{kind}.{version}.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The catalogue, to be tampered with."""
    return shutil.copytree(catalogue.EVENTS, tmp_path / "events")


class TestMessages:
    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: "/".join(map(str, named(sample))))
    def test_every_message_ever_sent_is_still_read(self, sample: Path) -> None:
        read = MESSAGES[named(sample)].model_validate_json(sample.read_bytes())

        assert json.loads(read.model_dump_json()) == json.loads(sample.read_bytes())

    def test_there_is_a_sample_of_every_version(self) -> None:
        assert [named(sample) for sample in SAMPLES] == VERSIONS

    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: "/".join(map(str, named(sample))))
    def test_a_message_of_tomorrow_with_one_more_field_is_read_today(self, sample: Path) -> None:
        content = json.loads(sample.read_bytes())

        read = MESSAGES[named(sample)].model_validate_json(json.dumps(content | {"tomorrow": {"a": 1}}))

        assert read == MESSAGES[named(sample)].model_validate_json(sample.read_bytes())

    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: "/".join(map(str, named(sample))))
    @pytest.mark.parametrize("other", [{"type": "another.message"}, {"version": 99}, {"version": "1"}])
    def test_a_message_of_another_kind_or_version_is_never_taken_for_this_one(
        self, sample: Path, other: dict[str, Any]
    ) -> None:
        content = json.loads(sample.read_bytes()) | other

        with pytest.raises(ValidationError):
            MESSAGES[named(sample)].model_validate_json(json.dumps(content))

    @pytest.mark.parametrize(("kind", "version"), VERSIONS)
    def test_a_message_says_what_it_is(self, kind: str, version: int) -> None:
        fields = MESSAGES[kind, version].model_fields

        assert (fields["type"].default, fields["version"].default) == (kind, version)

    def test_every_message_is_in_the_catalogue(self) -> None:
        assert set(Message.__subclasses__()) == set(MESSAGES.values())

    @pytest.mark.parametrize(
        "message", [OrderChanged(shop_id="s", order_id="o"), SendRequested(message_id="m", channel=Channel.SMS)]
    )
    def test_what_is_sent_fits_the_published_schema(self, message: OrderChanged | SendRequested) -> None:
        Draft202012Validator(schema(message.type, message.version)).validate(json.loads(message.model_dump_json()))


class TestSchemas:
    @pytest.mark.parametrize(("kind", "version"), VERSIONS)
    def test_a_schema_is_one(self, kind: str, version: int) -> None:
        Draft202012Validator.check_schema(schema(kind, version))

    @pytest.mark.parametrize(("kind", "version"), VERSIONS)
    def test_a_message_always_says_its_type_and_version(self, kind: str, version: int) -> None:
        assert {"type", "version"} <= set(schema(kind, version)["required"])

    @pytest.mark.parametrize(("kind", "version"), VERSIONS)
    def test_a_message_carries_names_of_rows_and_nothing_else(self, kind: str, version: int) -> None:
        """No free text: no address, code or token can leak from a queue."""
        found = schema(kind, version)
        definitions = found.get("$defs", {})
        parts = [
            definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
            for part in found["properties"].values()
        ]

        assert all(part.keys() & {"const", "enum", "pattern"} for part in parts)

    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: "/".join(map(str, named(sample))))
    def test_a_sample_fits_its_schema(self, sample: Path) -> None:
        Draft202012Validator(schema(*named(sample))).validate(json.loads(sample.read_bytes()))


class TestCatalogue:
    def test_the_catalogue_says_what_the_code_says(self) -> None:
        assert catalogue.behind() == []

    def test_every_file_that_the_readme_points_at_is_there(self) -> None:
        readme = (catalogue.EVENTS / "README.md").read_text(encoding="utf-8")
        links = re.findall(r"\]\((\S+?)\)", readme)

        assert len(links) == 2 * len(MESSAGES)
        assert [link for link in links if not (catalogue.EVENTS / link).is_file()] == []

    @pytest.mark.parametrize("place", ["README.md", "schemas/order.changed.1.json"])
    def test_an_edit_by_hand_of_what_is_made_is_noticed(self, copied: Path, place: str) -> None:
        made = copied / place
        made.write_text(made.read_text(encoding="utf-8").replace("order.changed", "order.touched"), encoding="utf-8")

        assert catalogue.behind(copied) == [place]

    def test_a_schema_that_is_missing_is_noticed_and_made(self, copied: Path) -> None:
        (copied / "schemas" / "send.requested.1.json").unlink()

        before = catalogue.behind(copied)
        catalogue.write(copied)

        assert (before, catalogue.behind(copied)) == (["schemas/send.requested.1.json"], [])

    def test_a_schema_that_nothing_speaks_of_is_noticed(self, copied: Path) -> None:
        (copied / "schemas" / "order.forgotten.1.json").write_text("{}", encoding="utf-8")

        assert catalogue.behind(copied) == ["schemas/order.forgotten.1.json"]

    def test_what_people_write_in_the_readme_is_left_alone(self, copied: Path) -> None:
        readme = copied / "README.md"
        readme.write_text(f"# Mine\n\n{readme.read_text(encoding='utf-8')}\nMine too.\n", encoding="utf-8")

        catalogue.write(copied)

        text = readme.read_text(encoding="utf-8")
        assert text.startswith("# Mine\n")
        assert text.endswith("Mine too.\n")

    def test_a_readme_without_its_marks_is_an_error_and_not_overwritten(self, copied: Path) -> None:
        readme = copied / "README.md"
        readme.write_text("# Mine", encoding="utf-8")

        with pytest.raises(ValueError, match="README"):
            catalogue.write(copied)
        assert readme.read_text(encoding="utf-8") == "# Mine"

    def test_the_check_of_the_command_line_is_green_on_what_is_committed(self) -> None:
        assert catalogue.main(["--check"]) == 0
