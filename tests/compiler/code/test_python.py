"""Python as specs write it: Pydantic, SQLModel, SQLAlchemy, dataclasses, enums and Django."""

from __future__ import annotations

import pytest

from flaresmith.compiler.model import Cardinality, EntityKind, Notation

MODELS = '''\
class Status(str, Enum):
    """Where it stands."""
    ACTIVE = "active"
    GONE = "gone"  # c

class UserBase(SQLModel):
    email: EmailStr = Field(unique=True, index=True, max_length=255)
    bio: str | None = None  # about them

class User(UserBase, table=True):
    """Somebody.

    More of it."""
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    status: Status = Status.ACTIVE
    org_id: UUID = Field(foreign_key="orgs.id", ondelete="CASCADE")
    items: list["Item"] = Relationship(back_populates="owner")
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    TABLE: ClassVar[str] = "users"

    def rename(self, name: str) -> None:
        inner: int = 3
        self.name = name

class UserError(Exception):
    code: int

def load(path: str, limit: int = 3) -> User: ...
LIMITS: dict[str, int] = {}
'''


def test_sqlmodel_tables_inherit_and_refer(read):
    models = read("python", MODELS)
    assert models.names == ["Status", "UserBase", "User"]
    assert models.shape("User") == {
        "email": "string unique indexed",
        "bio": "string?",
        "id": "uuid primary_key",
        "status": "enum",
        "org_id": "uuid",
        "created_at": "datetime",
    }
    user = models.entity("User")
    assert (user.kind, user.description, user.notation) == (EntityKind.PERSISTED, "Somebody.", Notation.PYTHON)
    assert models.entity("UserBase").kind is EntityKind.DTO
    reference = models.field("User", "org_id").field.references
    assert (reference.entity, reference.field, reference.on_delete) == ("orgs", "id", "cascade")
    assert [(r.name, r.target, r.cardinality) for r in user.relationships] == [
        ("items", "Item", Cardinality.ONE_TO_MANY)
    ]
    assert models.field("User", "status").field.default == "active"
    assert models.field("User", "id").field.default == {"generated": "uuid"}
    assert models.field("User", "created_at").field.default == {"generated": "now"}
    assert models.field("User", "bio").field.source.line == 18


def test_pydantic_limits_literals_and_annotations(read):
    model = read(
        "python",
        "class Item(BaseModel):\n"
        "    name: Annotated[str, Field(min_length=1, max_length=80)]\n"
        "    version: str = Field(..., pattern=r'^\\d+$', description='Semver')\n"
        "    kind: Literal['a', 'b'] = 'a'\n"
        "    price: Decimal = Field(gt=0, le=10, max_digits=8, decimal_places=2)\n"
        "    tags: List[str] = Field(default_factory=list)\n"
        "    meta: Dict[str, int] = {}\n"
        "    parent: Optional['Item'] = None\n"
        "    model_config = ConfigDict(extra='forbid')\n"
        "    class Config:\n        hidden: int = 3\n",
    )
    assert model.shape("Item") == {
        "name": "string",
        "version": "string",
        "kind": "enum",
        "price": "decimal",
        "tags": "array",
        "meta": "json",
        "parent": "json?",
    }
    price = model.field("Item", "price").field
    assert (price.limits.minimum, price.limits.exclusive_minimum, price.limits.maximum) == (0, True, 10)
    assert (price.type.precision, price.type.scale) == (8, 2)
    assert model.field("Item", "name").field.limits.max_length == 80
    assert model.field("Item", "version").field.limits.pattern == "^\\d+$"
    assert model.field("Item", "version").field.description == "Semver"
    assert not model.field("Item", "version").field.has_default
    assert model.field("Item", "tags").field.default == []
    assert model.field("Item", "parent").target == "Item"


ALCHEMY = """\
class Post(Base):
    __tablename__ = 'blog_posts'
    __table_args__ = (
        UniqueConstraint("slug", "author_id", name="uq"),
        Index("ix_a", "title", postgresql_where=text("deleted_at IS NULL")),
        CheckConstraint("price > 0"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug = Column(String(80), nullable=False, unique=True)
    title: Mapped[Optional[str]] = mapped_column(String(30), default="x")
    price = Column(Numeric(10, 2), server_default=text("0"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    status = Column(Enum(State), default=State.NEW, nullable=False)
    author: Mapped["User"] = relationship(back_populates="posts")
    updated = Column(DateTime(timezone=True), server_default=func.now(), onupdate=func.now())
    tags: Mapped[list[str]] = mapped_column(ARRAY(String))

class State(enum.Enum):
    NEW = "new"
    OLD = auto()

class Comment(Base):
    __tablename__ = "comments"
    id = Column(Integer, primary_key=True)
    post_id = Column(Integer, ForeignKey("blog_posts.id"))
"""


def test_sqlalchemy_of_both_styles(read):
    models = read("python", ALCHEMY)
    assert models.shape("Post") == {
        "id": "integer primary_key",
        "slug": "string unique",
        "title": "string?",
        "price": "decimal?",
        "author_id": "uuid indexed",
        "status": "enum",
        "updated": "datetime?",
        "tags": "array",
    }
    post = models.entity("Post")
    assert [(i.fields, i.unique, i.where) for i in post.indexes] == [
        (("slug", "author_id"), True, ""),
        (("title",), False, "deleted_at IS NULL"),
    ]
    assert [rule.expression for rule in post.rules] == ["price > 0"]
    assert [(r.name, r.target, r.cardinality) for r in post.relationships] == [
        ("author", "User", Cardinality.MANY_TO_ONE)
    ]
    assert models.field("Post", "author_id").field.references.on_delete == "set null"
    assert models.field("Post", "status").field.default == "new"
    assert models.field("Post", "updated").field.updates_on_write
    assert models.entity("State").values == ("new", "old")


def test_a_reference_to_a_table_leads_to_the_class_of_that_table(read):
    assert read("python", ALCHEMY).field("Comment", "post_id").field.references.entity == "Post"


DJANGO = """\
class Car(models.Model):
    class Kind(models.TextChoices):
        SUV = "suv", "Sport"
        VAN = "van", _("Van")
    COLORS = [("r", "Red"), ("g", "Green")]
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SUV)
    color = models.CharField(max_length=1, choices=COLORS)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cars")
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    tags = models.ManyToManyField("shop.Tag")
    seats = models.PositiveIntegerField(default=4, help_text="how many")
    updated = models.DateTimeField(auto_now=True)
    objects = CarManager()

    class Meta:
        unique_together = [("owner", "color")]
        indexes = [models.Index(fields=["owner", "-color"], name="by_owner")]
        constraints = [models.UniqueConstraint(fields=["price"], name="one")]
"""


def test_django_models_with_choices_links_and_meta(read):
    car = read("python", DJANGO)
    assert car.shape("Car") == {
        "kind": "enum",
        "color": "enum",
        "owner": "uuid",
        "price": "decimal? unique",
        "seats": "integer",
        "updated": "datetime",
    }
    assert car.field("Car", "kind").field.type.values == ("suv", "van")
    assert car.field("Car", "kind").field.default == "suv"
    assert car.field("Car", "color").field.type.values == ("r", "g")
    assert car.field("Car", "owner").field.references.entity == "User"
    assert car.field("Car", "owner").field.references.on_delete == "cascade"
    assert car.field("Car", "seats").field.limits.minimum == 0
    assert car.field("Car", "updated").field.updates_on_write
    assert [(i.fields, i.unique) for i in car.entity("Car").indexes] == [
        (("owner", "color"), True),
        (("owner", "color"), False),
    ]
    assert [(r.name, r.target, r.cardinality) for r in car.entity("Car").relationships] == [
        ("tags", "Tag", Cardinality.MANY_TO_MANY)
    ]


def test_dataclasses_and_typed_dictionaries(read):
    read_text = read(
        "py",
        "@dataclass(frozen=True)\nclass Step:\n    label: str\n    count: int = 5\n"
        "    parts: dict[str, Step] = field(default_factory=dict)\n"
        "class Options(TypedDict, total=False):\n    limit: int\n    name: Required[str]\n",
    )
    assert read_text.shape("Step") == {"label": "string", "count": "integer", "parts": "json"}
    assert read_text.shape("Options")["limit"] == "integer?"


@pytest.mark.parametrize(
    "text",
    [
        "def f(a: int) -> str:\n    x: int = 3\n    return 'x'\n",
        "class Tracker:\n    def __init__(self, title: str):\n        self.title = title\n",
        "LIMITS: dict[str, int] = {}\nNAME: str = 'x'\n",
        "class NotFoundError(Exception):\n    code: int\n",
        "@pytest.fixture\ndef client():\n    return Client()\n",
        "from x import y\nprint(y)\n",
    ],
)
def test_code_without_data_declares_nothing(read, text):
    assert read("python", text).entities == []


def test_half_written_code_keeps_what_is_whole(read):
    half = read("python", "class Half(BaseModel):\n    a: int\n    ...\n    b: str = 'x'\n    c: bool =\n")
    assert {"a", "b"} <= set(half.shape("Half"))


def test_an_unlabelled_block_is_known_by_its_content(read):
    assert read("", "class Tool(BaseModel):\n    id: UUID\n    name: str\n").names == ["Tool"]
