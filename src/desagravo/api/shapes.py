"""What the API answers."""

from ninja import Field, Schema


class Error(Schema):
    """One thing that is wrong."""

    field: str = Field(description="The field it is about; empty where the whole request is meant.")
    code: str = Field(description="Stays the same in every language and release.")
    message: str = Field(description="What is wrong and what to do, in the reader's language.")


class Errors(Schema):
    """Why something was not done. All problems at once."""

    errors: list[Error]


class Accepted(Schema):
    """A complaint that is numbered, dated and stored."""

    case_number: str = Field(description="For people: they mention it whenever they write or call.")
    tracking_url: str = Field(
        description="The customer's private page. Whoever has the address can read the case; give it to nobody else."
    )
    received_at: str = Field(description="The moment of receipt, ISO 8601 with the offset of the organisation's place.")
    missing: list[str] = Field(description="What a complete form has besides. The complaint counts as received.")


class Stage(Schema):
    """Where the case stands, as a customer sees it."""

    code: str
    name: str
    sentence: str


class Lacking(Schema):
    """Something that is still missing."""

    code: str
    ask: str


class File(Schema):
    """A file that belongs to a message or to the form."""

    name: str
    size: int = Field(description="Bytes.")
    media_type: str


class Said(Schema):
    """One entry of the conversation."""

    at: str
    by: str = Field(description="`customer` or `organisation`.")
    who: str = Field(description="The person who signed, where the organisation wrote.")
    body: str
    answer: bool = Field(description="True for the answer to the complaint.")
    files: list[File]


class Paper(Schema):
    """A PDF that lies on the customer's page."""

    kind: str = Field(description="`receipt` or `letter`.")
    made_at: str
    size: int = Field(description="Bytes.")
    sha256: str


class Following(Schema):
    """A case as its customer sees it."""

    case_number: str
    tracking_url: str
    status: str
    stage: Stage
    received_at: str
    contact: str = Field(description="Who looks after the case; empty until somebody does.")
    missing: list[Lacking]
    messages: list[Said]
    documents: list[Paper]
    possible: list[str] = Field(description="What may be done now: messages, reaction, withdrawal, completion.")
