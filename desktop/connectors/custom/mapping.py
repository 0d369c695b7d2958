"""The mapping file as data: how one CRM's own interface says what every CRM connector has to say.

The file is JSON. Any object in it may carry `about`, words for people that are not read. Places in a JSON document
are JSON pointers (RFC 6901, `/data/0/id`; the empty one is the whole). Texts, paths, parameters and bodies are
templates: `{name}` stands for a value, and a text that is nothing but `{name}` becomes the value itself, of any type.
`resources/custom/README.md` explains all of it with an example.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
MEANINGS = (
    "sign_in",
    "permission",
    "gone",
    "changed",
    "duplicate",
    "in_the_way",
    "missing_field",
    "bad_value",
    "too_long",
    "refused",
    "busy",
    "quota",
    "trouble",
)
"""What an error may mean; `errors.MEANINGS` holds what is done about each."""


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any object of the file."""

    about: str = ""


class Operation(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One call. `row` is where the record stands in its answer, `id` where a new record's id stands.

    With `graphql` the call is a POST of that text and of `variables`, which alone is a template: nothing a person typed
    ever becomes part of the query. `set` adds constants to the fields (pointer → value); `whole_row` sends the
    record as it was read with the changes in it, for interfaces that replace the whole. `fault` is where this
    operation says, in an answer that is no error, that it was refused. `then` is a second call that completes a
    delete, for CRMs that cancel first.
    """

    method: Method = "GET"
    path: str = ""
    params: dict[str, Any] = {}
    headers: dict[str, str] = {}
    body: Any = UNSET
    send: Literal["json", "form"] = "json"
    graphql: str = ""
    variables: dict[str, Any] = {}
    row: str | None = None
    id: str | None = None
    set: dict[str, Any] = {}
    whole_row: bool = False
    fault: str | None = None
    then: "Operation | None" = None


class Paging(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a list goes on.

    `cursor`: `next` is where the answer keeps the value for `{cursor}`. `link`: `next` is where it keeps the address of
    the next page; without it the header Link is read. `page` and `offset`: `{page}` counts from `first`, `{offset}`
    counts rows; `size` is how many rows a page of this CRM really holds. `more`, if given, is where false means the
    end.
    """

    kind: Literal["none", "cursor", "link", "page", "offset"]
    next: str = ""
    more: str = ""
    first: int = 1
    size: int = 100


class Stamp(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where and how a moment is written; forms as in `Field.form`."""

    at: str = ""
    form: str = "datetime"
    wrap: Any = UNSET


class Listing(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call whose answer holds many rows, under `rows`.

    As a feed it is given `{since}`, in the form `since` says (the one of `modified` by default), and returns what was
    changed at that moment or later. `late` is how many seconds a change may become visible after its own stamp.
    `read_each`: the rows are abridged, so each record is read once more.
    """

    rows: str = ""
    paging: Paging = Paging(kind="none")
    since: Stamp | None = None
    modified: Stamp | None = None
    oldest_first: bool = False
    read_each: bool = False
    late: int = 60


class Entry(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of a list that holds a field, such as the mobile number among the phones.

    `where` (pointer → value) picks it, `value` is the value in it. Without the templates the whole list is written
    anew. `add`, `change` and `remove` are for interfaces that take commands instead; `{entry_id}` is what stands
    under `id`.
    """

    where: dict[str, Any]
    value: str = "/value"
    id: str = "/id"
    add: Any = UNSET
    change: Any = UNSET
    remove: Any = UNSET


class Field(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One canonical field. `write_to` is for CRMs that read it in one place and write it in another.

    `form` says how the value is written: text, number, integer, text_number, cents, flag, date, datetime, seconds,
    milliseconds, day, domain, or a pattern with % as strftime knows it. `wrap` is a template around it, with {value},
    or {year} … {second} of a moment, or {kind}. `values` are the CRM's values and ours. `refers` are the kinds that a
    reference may point to, with the CRM's name for each. `write` says when it can be written.
    `steps` (our value → call) is for values that are not written but reached; the first of `values` is where every
    record begins.
    """

    at: str
    write_to: str = ""
    form: str = ""
    wrap: Any = UNSET
    values: dict[str, str] = {}
    choices: list[str] = []
    refers: dict[str, str] = {}
    entry: Entry | None = None
    write: Literal["always", "create", "never"] = "always"
    required: bool = False
    max_length: int | None = None
    steps: dict[str, Operation] = {}


class Joined(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several canonical fields in one column. Read, it is split at the last `by`, or at the `first` one."""

    at: str
    fields: list[str]
    by: str = " "
    split: Literal["last", "first"] = "last"


class Identity(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a record's id stands, and whether it is written as text or as an integer."""

    at: str = "/id"
    form: Literal["text", "integer"] = "text"


class Key(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where our idempotency key is kept. `unique`: the CRM itself refuses a second record with the same."""

    at: str
    unique: bool = False
    prefix: str = ""
    length: int = 32


class Version(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What tells one state of a record from the next: a place in it, or a header of its answer (an ETag)."""

    at: str = ""
    header: str = ""


class Flag(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place whose value is (or whose list holds) one of `is`."""

    at: str
    values: list[Any]


class Kind(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of Record. Without `version` its fields themselves are compared.

    `only` are the conditions for a row to be of this kind, where several share a table; `deleted` marks rows that
    are only hidden. `missing_means_empty` is for CRMs that leave empty fields out of their answers. `checks_links`: the
    CRM refuses references to records that are gone, so that we need not look.
    """

    id: Identity = Identity()
    modified: Stamp
    version: Version | None = None
    key: Key | None = None
    only: list[Flag] = []
    deleted: Flag | None = None
    missing_means_empty: bool = False
    checks_links: bool = False
    fields: dict[str, str | Field]
    joined: list[Joined] = []
    read: Operation
    changes: Listing
    deletions: Listing | None = None
    find_by_key: Listing | None = None
    find_by: dict[str, Listing] = {}
    create: Operation | None = None
    update: Operation | None = None
    delete: Operation | None = None


class Encoded(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A header's value, the template `base64` encoded after `prefix`."""

    prefix: str = ""
    base64: str


class SignIn(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How calls are signed. `session`: `call` signs in, `keep` names what its answer gives, `headers` carry it."""

    kind: Literal["none", "bearer", "header", "basic", "session"]
    header: str = ""
    value: str = "{secret}"
    call: Operation | None = None
    keep: dict[str, str] = {}
    headers: dict[str, str | Encoded] = {}


class Errors(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an error reads. `at` are the places of the error itself, also in answers with a good status.

    `code` and `field` are places within it. `codes` come before `statuses`; both name one of MEANINGS.
    """

    at: list[str] = []
    code: list[str] = []
    field: list[str] = []
    codes: dict[str, str] = {}
    statuses: dict[str, str] = {}


class Wait(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The header that says how long to wait: seconds, milliseconds, or the moment (epoch, epoch_milliseconds)."""

    header: str
    form: Literal["seconds", "milliseconds", "epoch", "epoch_milliseconds"] = "seconds"


class Limits(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Headers that tell of rates and quotas."""

    wait: Wait | None = None
    allowed: str = ""
    left: str = ""


class People(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The call that lists whom records can belong to; `id`, `name` and `email` are places in each of its `rows`."""

    rows: str = ""
    id: str = "/id"
    name: str = "/name"
    email: str = ""


class CrmMap(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. `constants` may be used in any template by their names; a naive time is read in `timezone`."""

    title: str
    sign_in: SignIn
    kinds: dict[str, Kind]
    address: str = ""
    graphql: str = "/graphql"
    timezone: str = "UTC"
    headers: dict[str, str] = {}
    constants: dict[str, Any] = {}
    errors: Errors = Errors()
    limits: Limits = Limits()
    check: Operation | None = None
    owners: People | None = None
