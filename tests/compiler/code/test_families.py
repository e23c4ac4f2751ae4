"""Java, C#, Go, Dart and Rust: one walk, five spellings."""

from __future__ import annotations

import pytest

from flaresmith.compiler.model import Cardinality, EntityKind, Notation

JAVA = """\
/** Somebody. */
@Entity
@Table(name = "users", uniqueConstraints = @UniqueConstraint(columnNames = {"a", "b"}),
       indexes = {@Index(columnList = "status, name")})
@Data
public class User extends Base {
  @Id @GeneratedValue(strategy = GenerationType.UUID) private UUID id;
  @Column(nullable = false, length = 10) private String name = "x", other;
  @Size(min = 1, max = 3) private List<String> tags;
  @Enumerated(EnumType.STRING) @Column(nullable = false) private Status status = Status.NEW;
  @ManyToOne(fetch = FetchType.LAZY) @JoinColumn(name = "org_id", nullable = false) private Org org;
  @OneToMany(mappedBy = "user") private List<Post> posts;
  @Column(precision = 12, scale = 2) private BigDecimal price; // with tax
  @Min(1) @Max(5) private int rating;
  private static final long serialVersionUID = 1L;
  @CreationTimestamp private Instant createdAt;
  @Transient private String shown;
  // ...
  public String getName() { int local = 3; return name; }
}
public record Signup(@NotNull UUID id, @Email @NotBlank String mail, Optional<String> note) {}
enum Status { NEW, OLD("x"); private String label; }
public interface UserRepository extends JpaRepository<User, UUID> { Optional<User> findByName(String name); }
@Service public class UserService { private final UserRepository users; private String cache; }
"""


def test_java_entities_with_their_annotations(read):
    java = read("java", JAVA)
    assert java.names == ["User", "Signup", "Status"]
    assert java.shape("User") == {
        "id": "uuid primary_key",
        "name": "string",
        "other": "string",
        "tags": "array?",
        "status": "enum",
        "org": "uuid",
        "price": "decimal?",
        "rating": "integer",
        "createdAt": "datetime",
    }
    user = java.entity("User")
    assert (user.kind, user.description, user.notation) == (EntityKind.PERSISTED, "Somebody.", Notation.JAVA)
    assert [(i.fields, i.unique) for i in user.indexes] == [(("a", "b"), True), (("status", "name"), False)]
    assert [(r.target, r.cardinality) for r in user.relationships] == [("Post", Cardinality.ONE_TO_MANY)]
    assert java.field("User", "org").field.references.entity == "Org"
    assert java.field("User", "name").field.limits.max_length == 10
    assert java.field("User", "name").field.default == "x"
    assert java.field("User", "status").field.default == "NEW"
    assert (java.field("User", "rating").field.limits.minimum, java.field("User", "rating").field.limits.maximum) == (
        1,
        5,
    )
    assert (java.field("User", "price").field.type.precision, java.field("User", "price").field.type.scale) == (12, 2)
    assert java.field("User", "price").field.description == "with tax"


def test_java_records_and_enums(read):
    java = read("java", JAVA)
    assert java.shape("Signup") == {"id": "uuid", "mail": "string", "note": "string?"}
    assert java.field("Signup", "mail").field.limits.min_length == 1
    assert java.entity("Status").values == ("NEW", "OLD")


CSHARP = """\
namespace Shop.Models;
/// <summary>Somebody</summary>
[Table("users")]
[Index(nameof(Email), nameof(Name), IsUnique = true)]
public class User : Base
{
    [Key] public Guid Id { get; set; } = Guid.NewGuid();
    [Required, MaxLength(100)] public string Name { get; init; } = string.Empty;
    public required string Email { get; set; }
    [Range(1, 5)] public int Rating { get; set; } = 3;
    public string? Bio { get; set; }
    public Guid OrgId { get; set; }
    public Org Org { get; set; } = null!;
    public DateTimeOffset CreatedAt { get; set; } = DateTimeOffset.UtcNow;
    [Column(TypeName = "decimal(18,2)")] public decimal Price { get; set; }
    public ICollection<Post> Posts { get; set; } = new List<Post>();
    public Status Status { get; set; } = Status.Old;
    public string Full => Name + Bio;
    private readonly ILogger _logger;
    public void Rename(string name) { var local = 1; }
}
public record SignupRequest(Guid Id, [property: Required] string Mail, string? Note = null);
public enum Status { New = 1, Old }
public class ShopDbContext : DbContext { public DbSet<User> Users { get; set; } }
"""


def test_csharp_classes_records_and_enums(read):
    sharp = read("csharp", CSHARP)
    assert sharp.names == ["User", "SignupRequest", "Status"]
    assert sharp.shape("User") == {
        "Id": "uuid primary_key",
        "Name": "string",
        "Email": "string",
        "Rating": "integer",
        "Bio": "string?",
        "OrgId": "uuid",
        "CreatedAt": "datetime",
        "Price": "decimal",
        "Posts": "array",
        "Status": "enum",
    }
    user = sharp.entity("User")
    assert (user.kind, user.description, user.notation) == (EntityKind.PERSISTED, "Somebody", Notation.CSHARP)
    assert [(i.fields, i.unique) for i in user.indexes] == [(("Email", "Name"), True)]
    assert sharp.field("User", "OrgId").field.references.entity == "Org"
    assert [(r.name, r.field) for r in user.relationships] == [("Org", "OrgId")]
    assert sharp.field("User", "Name").field.limits.max_length == 100
    assert not sharp.field("User", "Name").field.has_default
    assert sharp.field("User", "Status").field.default == "Old"
    assert sharp.entity("SignupRequest").kind is EntityKind.DTO
    assert sharp.shape("SignupRequest")["Note"] == "string?"
    assert sharp.entity("Status").values == ("New", "Old")


GO = """\
// User is somebody.
type User struct {
	gorm.Model
	Key     uuid.UUID `json:"key" gorm:"type:uuid;default:gen_random_uuid()"`
	A, B    *string
	Email   string `json:"email" gorm:"uniqueIndex;not null;size:255" validate:"required,email"`
	Tags    []string // free
	Meta    map[string]interface{}
	Status  Status `gorm:"index:by_state,unique"`
	OrgID   uuid.UUID `gorm:"index:by_state"`
	Org     *Org `gorm:"foreignKey:OrgID"`
	SeenAt  time.Time
	Nick    sql.NullString
	Size    string `validate:"oneof=s m l"`
	Note    string `json:"note,omitempty"`
	hidden  string
	Skipped string `gorm:"-"`
}
type Status string
const (
	StatusNew Status = "new"
	StatusOld Status = "old"
)
func load() { type Hidden struct { X int } }
type Users interface { Get(id string) error }
"""


def test_go_structs_with_tags_and_typed_constants(read):
    go = read("go", GO)
    assert go.names == ["User", "Status"]
    assert go.shape("User") == {
        "ID": "bigint primary_key",
        "CreatedAt": "datetime",
        "UpdatedAt": "datetime",
        "DeletedAt": "datetime?",
        "Key": "uuid",
        "A": "string?",
        "B": "string?",
        "Email": "string unique",
        "Tags": "array",
        "Meta": "json",
        "Status": "enum",
        "OrgID": "uuid",
        "SeenAt": "datetime",
        "Nick": "string?",
        "Size": "enum",
        "Note": "string?",
    }
    assert go.entity("Status").values == ("new", "old")
    assert go.entity("User").kind is EntityKind.PERSISTED
    assert [(i.fields, i.unique, i.name) for i in go.entity("User").indexes] == [
        (("Status", "OrgID"), True, "by_state")
    ]
    assert go.field("User", "OrgID").field.references.entity == "Org"
    assert go.field("User", "Email").field.type.format == "email"
    assert go.field("User", "Email").field.limits.max_length == 255
    assert go.field("User", "Key").field.default == {"generated": "uuid"}


DART = """\
/// Somebody
@collection
class User extends Base {
  Id id = Isar.autoIncrement;
  final String uid;
  String? name, other;
  @Index(unique: true) late int age = 3;
  static const limit = 1;
  final List<String> tags; // free
  final Map<String, dynamic>? meta;
  final DateTime seen;
  final void Function(int)? onTap;
  String _hidden = '';
  User({required this.uid, this.name = 'x'});
  Map<String, dynamic> toJson() => {};
  bool get isOld => true;
  void run() { String local = 'a'; }
}
@freezed
class Signup with _$Signup {
  const factory Signup({required String id, @Default(3) int count, String? note}) = _Signup;
}
enum Plain { a, b }
enum Rich { a('x'), b('y'); const Rich(this.v); final String v; }
class HomePage extends StatelessWidget { final String title; }
"""


def test_dart_classes_factories_and_enums(read):
    dart = read("dart", DART)
    assert dart.names == ["User", "Signup", "Plain", "Rich"]
    assert dart.shape("User") == {
        "id": "bigint primary_key",
        "uid": "string",
        "name": "string?",
        "other": "string?",
        "age": "integer unique",
        "tags": "array",
        "meta": "json?",
        "seen": "datetime",
    }
    assert dart.field("User", "age").field.default == 3
    assert dart.entity("User").kind is EntityKind.PERSISTED
    assert dart.shape("Signup") == {"id": "string", "count": "integer", "note": "string?"}
    assert dart.field("Signup", "count").field.default == 3
    assert dart.entity("Rich").values == ("a", "b")
    assert dart.field("User", "uid").field.notation is Notation.DART


def test_rust_structs_and_plain_enums(read):
    rust = read(
        "rust",
        '/// Somebody\n#[derive(Debug, Serialize)]\npub struct User {\n    #[serde(rename = "x")]\n'
        "    pub id: Uuid,\n    pub name: Option<String>,\n"
        "    /// free\n    tags: Vec<String>,\n    at: DateTime<Utc>,\n    kind: Kind,\n}\n"
        '#[serde(rename_all = "snake_case")]\npub enum Kind { BigOne, Small }\npub enum Shape { Circle(f64), None }\n'
        "impl User { fn new() -> Self { struct Hidden { a: i32 } } }\n",
    )
    assert rust.names == ["User", "Kind"]
    assert rust.shape("User") == {
        "id": "uuid",
        "name": "string?",
        "tags": "array",
        "at": "datetime",
        "kind": "enum",
    }
    assert rust.entity("User").description == "Somebody"
    assert rust.field("User", "tags").field.description == "free"
    assert rust.entity("Kind").values == ("big_one", "small")
    assert rust.field("User", "id").field.notation is Notation.RUST


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("java", "class Half {\n  private String id;\n  private String name\n  private int age;\n"),
        ("csharp", "class Half {\n  public string Id { get; set; }\n  public int Age { get; set; }\n"),
        ("go", "type Half struct {\n  Id string\n  Age int\n"),
        ("dart", "class Half {\n  final String id;\n  final int age;\n"),
        ("rust", "struct Half {\n  id: String,\n  age: i32,\n"),
    ],
)
def test_what_is_not_closed_keeps_its_fields(read, language, text):
    half = read(language, text)
    assert half.names == ["Half"]
    assert {name.lower() for name in half.shape("Half")} >= {"id", "age"}


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("public class Tool {\n    private UUID id;\n    private String name;\n}", Notation.JAVA),
        ("public class Tool\n{\n    public Guid Id { get; set; }\n}", Notation.CSHARP),
        ("type Tool struct {\n\tID string\n}", Notation.GO),
        ("class Tool {\n  final String id;\n  final int count;\n}", Notation.DART),
        ("pub struct Tool {\n    id: Uuid,\n}", Notation.RUST),
        ("message Tool {\n  string id = 1;\n}", Notation.PROTOBUF),
        ("type Tool {\n  id: ID!\n  name: String\n}", Notation.GRAPHQL),
        ("interface Tool {\n  id: string;\n}", Notation.TYPESCRIPT),
    ],
)
def test_blocks_without_a_label_are_known_by_their_content(read, text, notation):
    tool = read("", text)
    assert (tool.names, tool.facts.notation) == (["Tool"], notation)


def test_a_line_that_is_not_complete_is_counted(read):
    half = read(
        "java", "class Half {\n  private String id;\n  private Map<String name name2 ;;= ) x;\n  private int age;\n}"
    )
    assert "id" in half.shape("Half")
    assert half.findings.lines_not_understood >= 1
    assert read("java", JAVA).findings.lines_not_understood == 0
