"""Data models in other languages give the same entity: names, types, flags, references, indexes, states and lines."""

import pytest

from flaresmith.compiler.model import Kind
from flaresmith.compiler.parse import english, headings

TABLES = {
    "es": """
### Pedido
| Campo | Tipo | Obligatorio | Descripción |
|---|---|---|---|
| id | UUID | sí | clave primaria |
| usuario_id | UUID | sí | clave foránea → Usuario.id |
| codigo | cadena | sí | único, máximo 20 caracteres |
| total | entero | no | mayor o igual a 0 |
| creado | fecha y hora | sí | |
""",
    "fr": """
### Pedido
| Champ | Type de données | Obligatoire | Description |
|---|---|---|---|
| id | UUID | oui | clé primaire |
| usuario_id | UUID | oui | clé étrangère → Usuario.id |
| codigo | chaîne de caractères | oui | unique, 20 caractères max |
| total | entier | non | supérieur ou égal à 0 |
| creado | date et heure | oui | |
""",
    "pt": """
### Pedido
| Campo | Tipo de dado | Obrigatório | Observações |
|---|---|---|---|
| id | UUID | sim | chave primária |
| usuario_id | UUID | sim | chave estrangeira → Usuario.id |
| codigo | texto curto | sim | único, até 20 caracteres |
| total | número inteiro | não | maior ou igual a 0 |
| creado | data e hora | sim | |
""",
    "zh": """
### 订单（Pedido）
| 字段 | 类型 | 必填 | 说明 |
|---|---|---|---|
| id | UUID | 是 | 主键 |
| usuario_id | UUID | 是 | 外键 → Usuario.id |
| codigo | 字符串 | 是 | 唯一，最大长度 20 |
| total | 整数 | 否 | 大于等于 0 |
| creado | 日期时间 | 是 | |
""",
    "ja": """
### 注文（Pedido）
| フィールド | 型 | 必須 | 説明 |
|---|---|---|---|
| id | UUID | ✅ | 主キー |
| usuario_id | UUID | はい | 外部キー → Usuario.id |
| codigo | 文字列 | ○ | 一意、20文字以内 |
| total | 整数 | いいえ | 0以上 |
| creado | 日時 | 必須 | |
""",
    "ko": """
### 1. 주문 (Pedido)
| 필드명 | 타입 | 필수 여부 | 제약 조건 |
|---|---|---|---|
| id | UUID | 필수 | 기본키 |
| usuario_id | UUID | 예 | 외래키 → Usuario.id |
| codigo | 문자열 | O | 유니크, 20자 이내 |
| total | 정수 | 선택 | 0 이상 |
| creado | 타임스탬프 | 필수 | |
""",
    "ru": """
### Таблица `Pedido`
| Поле | Тип | Обязательное | Описание |
|---|---|:---:|---|
| id | UUID | да | первичный ключ |
| usuario_id | UUID | да | внешний ключ → Usuario.id |
| codigo | строка | да | уникальный, до 20 символов |
| total | целое число | нет | больше или равно 0 |
| creado | дата и время | да | |
""",
    "de": """
### Pedido
| Feld | Datentyp | Pflicht | Beschreibung |
|---|---|---|---|
| id | UUID | ja | Primärschlüssel |
| usuario_id | UUID | ja | Fremdschlüssel → Usuario.id |
| codigo | Zeichenkette | ja | eindeutig, höchstens 20 Zeichen |
| total | Ganzzahl | nein | größer oder gleich 0 |
| creado | Zeitstempel | ja | |
""",
    "vi": """
### Pedido
| Trường | Kiểu dữ liệu | Bắt buộc | Mô tả |
|---|---|---|---|
| id | UUID | có | khóa chính |
| usuario_id | UUID | có | khóa ngoại → Usuario.id |
| codigo | chuỗi | có | duy nhất, tối đa 20 ký tự |
| total | số nguyên | không | >= 0 |
| creado | ngày giờ | có | |
""",
    "pl": """
### Pedido
| Pole | Typ danych | Wymagane | Opis |
|---|---|---|---|
| id | UUID | tak | klucz główny |
| usuario_id | UUID | tak | klucz obcy → Usuario.id |
| codigo | ciąg znaków | tak | unikalny, maksymalnie 20 znaków |
| total | liczba całkowita | nie | >= 0 |
| creado | znacznik czasu | tak | |
""",
}
USER = "### Usuario\n- id: uuid (pk)\n"


@pytest.mark.parametrize("language", TABLES)
def test_a_table_says_the_same_in_every_language(model_of, language):
    model = model_of(f"{USER}{TABLES[language]}")
    order = model.entity("Pedido")
    assert [(f.name, f.type.kind, f.required) for f in order.fields] == [
        ("id", Kind.UUID, True),
        ("usuario_id", Kind.UUID, True),
        ("codigo", Kind.STRING, True),
        ("total", Kind.INTEGER, False),
        ("creado", Kind.DATETIME, True),
    ]
    assert [f.name for f in order.primary_key] == ["id"]
    assert order.field("usuario_id").references.entity == "Usuario"
    assert order.field("codigo").unique
    assert 20 in (order.field("codigo").type.length, order.field("codigo").limits.max_length)
    assert order.field("total").limits.minimum == 0
    assert [f.source.line for f in order.fields] == [7, 8, 9, 10, 11]
    assert model.not_understood == 0


BULLETS = {
    "zh": (
        "**字段**：\n- `title`：字符串，必填\n- `note`：文本，可空\n- `mode`：枚举：a、b\n",
        "**索引**：\n- 唯一索引：(title, mode)\n",
    ),
    "ja": (
        "- **title**: 文字列（必須）\n- **note**: テキスト（任意）\n- **mode**: enum(a, b)\n",
        "#### インデックス\n- (title, mode) ユニーク\n",
    ),
    "ko": (
        "- `title` (문자열, 필수)\n- `note` (텍스트, 선택)\n- `mode` (enum: a|b)\n",
        "**인덱스**:\n- (title, mode) 유니크\n",
    ),
    "es": (
        "**Campos**:\n- **title** (cadena): obligatorio\n- **note** (texto): opcional\n- **mode**: enum(a, b)\n",
        "**Índices**:\n- único (title, mode)\n",
    ),
    "ru": (
        "- `title`: строка, обязательное\n- `note`: текст, необязательное\n- `mode`: перечисление: a, b\n",
        "**Индексы**:\n- уникальный (title, mode)\n",
    ),
}


@pytest.mark.parametrize("language", BULLETS)
def test_bullets_and_indexes_say_the_same_in_every_language(model_of, language):
    fields, indexes = BULLETS[language]
    book = model_of(f"### Book\n- id: uuid (pk)\n\n{fields}\n{indexes}").entity("Book")
    assert [(f.name, f.type.kind, f.required) for f in book.fields[1:]] == [
        ("title", Kind.STRING, True),
        ("note", Kind.TEXT, False),
        ("mode", Kind.ENUM, True),
    ]
    assert book.field("mode").type.values == ("a", "b")
    assert [(i.fields, i.unique) for i in book.indexes] == [(("title", "mode"), True)]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("关系", "relationships"),
        ("상태 전이", "transitions"),
        ("주문 상태 전이", "transitions"),
        ("Reglas de validación", "rules"),
        ("Règles de validation", "rules"),
        ("Índices", "indexes"),
        ("Правила валидации", "rules"),
        ("リレーションシップ", "relationships"),
        ("核心实体", "group"),
        ("Entidades", "group"),
        ("初始数据", "seeds"),
        ("데이터 보존", "retention"),
        ("概述", "prose"),
    ],
)
def test_headings_of_sections(heading, role):
    assert headings.announce(heading).role == role


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("用户（User）", "User"),
        ("User（用户）", "User"),
        ("实体：用户", "用户"),
        ("엔티티: User", "User"),
        ("Entidad: Usuario", "Usuario"),
        ("Сущность: Заказ", "Заказ"),
        ("1、User", "User"),
        ("📦 User", "User"),
        ('"User"', "User"),
        ("User 用户", "User"),
        ("`auth.users`", "users"),
        ("Table `users`", "users"),
        ("Order / OrderLine", "Order"),
    ],
)
def test_headings_of_entities(heading, name):
    said = headings.announce(heading)
    assert (said.role, said.name) == ("entity", name)


def test_an_entity_is_found_by_each_of_its_names(model_of):
    model = model_of(
        "### 用户（User）\n- id: uuid\n\n### Note\n- id: uuid\n- a: uuid (fk → 用户)\n- b: uuid (fk → User)\n"
    )
    assert [f.references.entity for f in model.entity("Note").fields[1:]] == ["User", "User"]


@pytest.mark.parametrize(
    "sentence",
    [
        "本功能无需数据库 schema 变更。",
        "이 기능은 데이터 모델 변경이 없습니다.",
        "この機能ではスキーマの変更はありません。",
        "Esta función no requiere cambios en el esquema.",
        "Cette fonctionnalité n'introduit aucune nouvelle table.",
        "Esta funcionalidade não requer alterações no esquema.",
        "Без изменений схемы базы данных.",
        "Keine Schemaänderungen.",
    ],
)
def test_no_schema_changes_in_every_language(model_of, sentence):
    assert (
        model_of(f"# Data Model\n\n{sentence}\n\n### User\n| Field | Type |\n|---|---|\n| id | uuid |\n").tables == ()
    )


def test_names_values_and_defaults_are_not_translated():
    assert english.words("por defecto 'requerido'") == " default  'requerido'"
    assert english.words("not null, default now()") == "not null, default now()"
    assert "`único`" in english.words("`único`, obligatorio")
