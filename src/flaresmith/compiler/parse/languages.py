"""The words with which people of other languages describe data: each with the English word that the grammar knows.

Only words of the craft stand here (field, required, foreign key, relationships), never words of a trade. The columns
are separated by `|`; what has no capital letters is matched in any case.
"""

from __future__ import annotations

# in columns, labels and headings: the whole cell or label is the word
HEADERS: dict[str, str] = {
    "field": """campo|campos|champ|champs|colonne|colonnes|propriété|propriétés|attribut|attributs|atributo
        |atributos|columna|columnas|coluna|colunas|propiedad|propiedades|propriedade|propriedades|nome do campo
        |nome|nombre|nombre del campo|nombre de campo|nom|nom du champ|feld|felder|feldname|spalte|eigenschaft
        |eigenschaften|pole|pola|kolumna|nazwa|nazwa pola|właściwość|поле|поля|имя поля|название поля|название
        |имя|атрибут|атрибуты|колонка|столбец|свойство|字段|字段名|字段名称|栏位|欄位|欄位名稱|列名|列|属性
        |属性名|屬性|名称|名稱|参数|フィールド|フィールド名|項目|項目名|カラム|カラム名|物理名|プロパティ|필드
        |필드명|필드 이름|컬럼|컬럼명|속성|속성명|이름|항목|trường|tên trường|cột|tên cột|thuộc tính|tên
        |campo nombre|parametro|parámetro|paramètre|параметр""",
    "type": """tipo|tipo de dato|tipo de datos|tipo de dado|tipo de dados|tipo de campo|type de donnée
        |type de données|typ|datentyp|typ danych|тип|тип данных|тип поля|类型|类别|型別|類型|数据类型|資料型別
        |資料類型|字段类型|型|タイプ|データ型|타입|자료형|데이터 타입|데이터타입|유형|형식|kiểu|kiểu dữ liệu
        |loại""",
    "constraints": """restricción|restricciones|restrição|restrições|regla|reglas|regra|regras|validación
        |validaciones|validação|validações|contrainte|contraintes|règle|règles|einschränkung|einschränkungen
        |regel|regeln|validierung|ograniczenia|walidacja|reguły|ограничение|ограничения|правила|валидация
        |проверка|约束|约束条件|約束|約束條件|规则|規則|验证|验证规则|驗證|校验|校验规则|限制|制約|制約条件|検証
        |バリデーション|ルール|제약|제약 조건|제약조건|검증|검증 규칙|규칙|유효성|유효성 검사|ràng buộc|quy tắc
        |kiểm tra|restrizioni|vincoli""",
    "notes": """descripción|descripciones|nota|notas|comentario|comentarios|detalle|detalles|observaciones
        |propósito|uso|significado|ejemplo|descrição|descrições|observação|observações|exemplo|remarque
        |remarques|commentaire|commentaires|détails|exemple|beschreibung|bemerkung|bemerkungen|zweck|hinweis
        |hinweise|beispiel|opis|uwagi|cel|описание|примечание|примечания|комментарий|назначение|пример|说明|描述
        |备注|注释|含义|用途|示例|說明|備註|註解|説明|備考|概要|例|설명|비고|의미|용도|예시|메모|mô tả|ghi chú
        |ý nghĩa|ví dụ|descrizione|note""",
    "required": """requerido|requerida|obligatorio|obligatoria|¿obligatorio?|obligatorio?|obrigatório
        |obrigatória|obligatoire|requis|requise|pflicht|pflichtfeld|erforderlich|wymagane|wymagany|обязательное
        |обязательный|обязательность|обязательно|обяз.|必填|是否必填|必须|必需|是否必须|必要|是否必需|必須
        |必填項|必須項目|필수|필수 여부|필수여부|bắt buộc|obbligatorio""",
    "nullable": """nulo|nulable|anulable|nullable?|permite nulo|permite nulos|opcional|optionnel|optionnelle
        |facultatif|nul|aceita nulo|leer erlaubt|opcjonalne|допускает null|необязательное|необязательный|可空
        |可为空|允许为空|是否可空|是否为空|可選|可选|可為空|null許可|null可|任意|널 허용|null 허용|널|선택
        |cho phép null""",
    "default": """valor por defecto|por defecto|predeterminado|valor predeterminado|valor padrão|padrão
        |valeur par défaut|par défaut|défaut|standardwert|standard|vorgabe|wartość domyślna|domyślnie|domyślna
        |по умолчанию|значение по умолчанию|默认|默认值|預設|預設值|缺省值|デフォルト|デフォルト値|初期値|既定値
        |기본값|디폴트|초기값|mặc định|giá trị mặc định""",
    "references": """referencia|referencias|referência|referências|référence|références|referenz|relación
        |relação|odniesienie|ссылка|связь|внешний ключ|引用|关联|参照|参照先|外键|外鍵|外部キー|참조|참조 대상
        |외래키|외래 키|tham chiếu|khóa ngoại|clave foránea|llave foránea|chave estrangeira|clé étrangère
        |fremdschlüssel|klucz obcy""",
    "unique": """único|única|unico|eindeutig|уникальное|уникальный|唯一|是否唯一|一意|ユニーク|고유|유일|유니크
        |duy nhất|unikalne""",
    "key": """clave|llave|chave|clé|schlüssel|klucz|ключ|键|主键|主鍵|キー|主キー|키|기본키|기본 키|khóa
        |khóa chính""",
    "value": """valor|valores|valeur|valeurs|wert|werte|wartość|wartości|значение|значения|值|枚举值|枚舉值|取值
        |値|列挙値|값|열거값|giá trị|valore|valori""",
    "status": """estado|estados|état|états|zustand|stan|состояние|статус|状态|狀態|状態|ステータス|상태
        |trạng thái|stato""",
    "from": """desde|estado inicial|estado origen|de|depuis|état initial|von|ausgangszustand|из
        |исходное состояние|откуда|从|当前状态|原状态|起始状态|源状态|來源狀態|遷移元|現在の状態|変更前
        |현재 상태|이전 상태|시작 상태|출발|từ|trạng thái hiện tại|z|ze stanu""",
    "to": """hasta|a|hacia|estado final|estado destino|para|vers|état final|nach|zielzustand|в|новое состояние
        |куда|到|目标状态|新状态|下一状态|目標狀態|遷移先|次の状態|変更後|다음 상태|이후 상태|목표 상태|도착|đến
        |trạng thái mới|do|do stanu""",
    "trigger": """disparador|acción|evento|gatilho|ação|déclencheur|action|événement|auslöser|aktion|ereignis
        |wyzwalacz|akcja|триггер|событие|действие|触发|触发条件|触发事件|事件|操作|觸發|觸發條件|トリガー
        |イベント|트리거|이벤트|동작|조건|kích hoạt|sự kiện""",
    "index": """índice|índices|indice|indices|index|indizes|indeks|indeksy|индекс|индексы|索引|索引名|索引名称
        |インデックス|인덱스|인덱스명|chỉ mục""",
}

# labels and headings that say what stands below them
SECTIONS: dict[str, str] = {
    "fields": """campos|campos principales|campos principais|atributos|propiedades|propriedades|columnas|colunas
        |champs|attributs|propriétés|colonnes|felder|attribute|eigenschaften|spalten|pola|atrybuty|kolumny|поля
        |атрибуты|свойства|колонки|структура|字段|字段列表|字段说明|字段定义|主要字段|关键字段|核心字段|属性
        |栏位|欄位|欄位說明|数据字段|表结构|结构|属性列表|フィールド|フィールド定義|項目|属性一覧|カラム
        |テーブル定義|필드|필드 목록|필드 정의|속성|컬럼|주요 필드|스키마|테이블 구조|구조|trường|các trường
        |thuộc tính|các trường dữ liệu|estructura|estrutura|esquema|schéma|campi|attributi""",
    "indexes": """índices|índice|indices|indizes|indexe|indeksy|индексы|индекс|索引|索引设计|索引策略
        |インデックス|索引定義|인덱스|인덱스 전략|색인|chỉ mục|indici""",
    "unique constraints": """restricciones únicas|restricciones de unicidad|restrições de unicidade
        |contraintes d'unicité|eindeutigkeit|唯一约束|唯一索引|唯一性约束|唯一約束|一意制約|ユニーク制約
        |고유 제약|유니크 제약|고유 제약조건|ограничения уникальности""",
    "validation rules": """reglas de validación|validaciones|validación|reglas|restricciones|reglas de negocio
        |invariantes|regras de validação|validações|validação|regras|restrições|regras de negócio
        |règles de validation|validations|règles|contraintes|règles métier|règles de gestion|invariants
        |validierungsregeln|validierung|regeln|einschränkungen|geschäftsregeln|invarianten|reguły walidacji
        |walidacja|reguły|ograniczenia|правила валидации|валидация|правила|ограничения|бизнес-правила|инварианты
        |правила проверки|验证规则|校验规则|验证|校验|业务规则|规则|约束|约束条件|约束规则|数据约束|不变量
        |不变式|驗證規則|業務規則|規則|約束|驗證|バリデーション|バリデーションルール|検証ルール|制約|制約条件
        |ビジネスルール|業務ルール|ルール|検証|不変条件|검증 규칙|유효성 검사|유효성 검증|유효성 규칙|검증
        |제약 조건|제약조건|비즈니스 규칙|규칙|불변 조건|불변식|quy tắc|quy tắc xác thực|ràng buộc
        |quy tắc nghiệp vụ|regole|vincoli|regole di validazione""",
    "relationships": """relaciones|relación|asociaciones|relacionamentos|relacionamento|relações|associações
        |relations|associations|beziehungen|relationen|relacje|powiązania|связи|отношения|связи между сущностями
        |关系|关联关系|关联|实体关系|表关系|關係|關聯|關聯關係|実体関係|リレーション|リレーションシップ|関係
        |関連|エンティティ関係|エンティティ間の関係|관계|연관 관계|연관관계|관계도|엔티티 관계|엔티티 간 관계
        |테이블 관계|quan hệ|mối quan hệ|relazioni""",
    "state transitions": """transiciones de estado|transiciones|ciclo de vida|estados|máquina de estados
        |flujo de estados|transições de estado|transições|fluxo de estados|transitions d'état|transitions
        |cycle de vie|états|machine à états|zustandsübergänge|zustände|lebenszyklus|zustandsautomat
        |przejścia stanów|stany|cykl życia|переходы состояний|состояния|жизненный цикл|переходы|статусы
        |смена статусов|状态转换|状态流转|状态转移|状态机|状态变更|状态|生命周期|状态图|狀態轉換|狀態流轉|狀態機
        |生命週期|状態遷移|状態|ライフサイクル|ステータス遷移|状態遷移図|상태 전이|상태 전환|상태|상태 변화
        |생명주기|라이프사이클|상태 머신|상태 흐름|상태 다이어그램|chuyển trạng thái|trạng thái|vòng đời
        |transizioni di stato""",
    "values": """valores|valores posibles|valores permitidos|valores possíveis|valeurs|valeurs possibles|werte
        |mögliche werte|wartości|значения|возможные значения|допустимые значения|枚举值|取值|可选值|可能的值
        |枚舉值|列挙値|値|取りうる値|값|열거값|가능한 값|허용 값|giá trị""",
    "entities": """entidades|entidad|entidade|modelos|tablas|tabelas|entités|modèles|tables|entitäten|modelle
        |tabellen|encje|modele|tabele|сущности|модели|таблицы|основные сущности|ключевые сущности|实体|核心实体
        |主要实体|实体定义|实体列表|数据实体|数据表|数据模型|表|數據模型|資料模型|實體|核心實體|資料表
        |エンティティ|主要エンティティ|データモデル|テーブル|モデル|엔티티|핵심 엔티티|주요 엔티티|엔티티 정의
        |데이터 모델|테이블|모델|도메인 모델|thực thể|các thực thể|mô hình dữ liệu|bảng|modelo de datos
        |modelo de dados|modèle de données|datenmodell|model danych|модель данных|entità""",
    "enums": """enumeraciones|enumeración|enumerações|énumérations|aufzählungen|wyliczenia|перечисления|枚举
        |枚举类型|枚举定义|列舉|枚舉|列挙型|列挙|열거형|이넘|enum 정의|kiểu liệt kê""",
    "seed data": """datos iniciales|datos semilla|dados iniciais|données initiales|startdaten|anfangsdaten
        |dane początkowe|начальные данные|初始数据|种子数据|預設資料|初始資料|初期データ|シードデータ
        |초기 데이터|시드 데이터|기본 데이터|dữ liệu ban đầu""",
    "retention": """retención|retención de datos|retenção|retenção de dados|conservation
        |conservation des données|rétention|aufbewahrung|datenaufbewahrung|retencja|хранение данных
        |срок хранения|数据保留|保留策略|数据保留策略|資料保留|データ保持|保持期間|データ保持期間|데이터 보존
        |보존 기간|보존 정책|lưu trữ""",
    "overview": """resumen|descripción general|visión general|visão geral|resumo|aperçu|vue d'ensemble|übersicht
        |überblick|przegląd|обзор|общее описание|概述|概览|总览|简介|概要|개요|요약|tổng quan""",
    "notes": """notas|observaciones|observações|remarques|hinweise|anmerkungen|uwagi|примечания|заметки|备注
        |注意事项|说明|備註|備考|注意|注記|비고|참고|참고 사항|주의사항|ghi chú""",
    "migrations": """migraciones|migración|migrações|migration|миграции|миграция|迁移|数据迁移|迁移策略|遷移
        |資料遷移|マイグレーション|移行|마이그레이션|migracje""",
    "example": """ejemplo|ejemplos|exemplo|exemplos|exemple|exemples|beispiel|beispiele|przykład|пример|примеры
        |示例|例子|範例|例|サンプル|예시|예제|샘플""",
}

# in constraints, notes and types: the word stands among others
WORDS: dict[str, str] = {
    "required": """requerido|requerida|obligatorio|obligatoria|no nulo|no vacío|no vacía|obrigatório|obrigatória
        |não nulo|não vazio|obligatoire|requis|requise|non nul|non vide|pflichtfeld|pflicht|erforderlich
        |nicht null|nicht leer|wymagane|wymagany|wymagana|обязательно|обязательное|обязательный|обязательная
        |не null|не пустое|не может быть пустым|必填|必须填写|必需|非空|不为空|不能为空|不可为空|不可空
        |不允许为空|必須|必須項目|空不可|null不可|필수|필수 입력|필수값|널 불가|null 불가|bắt buộc|không null
        |không được để trống|obbligatorio""",
    "optional": """opcional|nulable|anulable|puede ser nulo|permite nulo|pode ser nulo|optionnel|optionnelle
        |facultatif|facultative|peut être nul|peut être null|wahlfrei|opcjonalne|opcjonalny|opcjonalna
        |необязательно|необязательное|необязательный|необязательная|опционально|может быть null
        |может быть пустым|可选|可空|可为空|可以为空|允许为空|选填|非必填|可選|可為空|選填|任意|null可|null許可
        |空可|省略可|선택|선택적|선택 사항|옵션|널 허용|null 허용|널 가능|null 가능|tùy chọn|có thể null
        |không bắt buộc|facoltativo|opzionale""",
    "PK": """clave primaria|llave primaria|chave primária|clé primaire|primärschlüssel|klucz główny
        |первичный ключ|主键|主鍵|主キー|プライマリキー|기본키|기본 키|주키|프라이머리 키|khóa chính
        |chiave primaria""",
    "FK": """clave foránea|clave ajena|llave foránea|chave estrangeira|clé étrangère|fremdschlüssel|klucz obcy
        |внешний ключ|外键|外鍵|外部キー|외래키|외래 키|khóa ngoại|chiave esterna|hace referencia a|referencia a
        |référence à|ссылка на|关联到|引用|関連先|参照先""",
    "unique": """único|única|únicos|eindeutig|unikalne|unikalny|unikalna|уникальный|уникальное|уникальная
        |уникально|唯一|唯一性|唯一约束|唯一索引|不可重复|一意|ユニーク|重複不可|고유|고유값|유일|유니크
        |중복 불가|중복불가|duy nhất|unico""",
    "indexed": """indexado|indexada|indexé|indexée|indiziert|indeksowane|индексируется|проиндексировано|建立索引
        |已索引|インデックス付き|인덱스""",
    "default": """por defecto|valor por defecto|predeterminado|padrão|valor padrão|par défaut|défaut
        |standardwert|standardmäßig|domyślnie|domyślna|по умолчанию|默认值为|默认为|默认值|默认|預設值|預設為
        |預設|缺省|デフォルト値|デフォルト|初期値|既定値|기본값은|기본값|디폴트|초기값|mặc định|predefinito""",
    "auto-generated": """autogenerado|autogenerada|auto-generado|generado automáticamente|gerado automaticamente
        |auto-généré|généré automatiquement|automatisch generiert|automatycznie generowane|автоматически
        |автогенерация|генерируется автоматически|自动生成|系统生成|自動生成|自動採番|자동 생성|자동생성
        |시스템 생성|tự động tạo""",
    "auto-increment": """autoincremental|autoincremento|auto-incrément|autoinkrement|автоинкремент|自增|自动递增
        |自動遞增|自動増分|オートインクリメント|자동 증가|자동증가|tự tăng""",
    "one of": """uno de|una de|um de|uma de|l'un de|une des|eines von|jedna z|одно из|один из|取值为|取值范围
        |取值|いずれか|중 하나|một trong""",
    "enum": """enumeración|enumerado|enumeração|énumération|aufzählung|wyliczenie|перечисление|枚举|枚舉|列舉
        |列挙型|列挙|열거형|열거|liệt kê""",
    "positive": """positivo|positiva|positif|positive zahl|dodatnia|положительное|положительный|正数|正整数
        |正の数|양수|양의 정수|số dương""",
    "non-negative": """no negativo|no negativa|não negativo|non négatif|nicht negativ|nieujemna|неотрицательное
        |неотрицательный|非负|非负数|非负整数|非負|음수 불가|0 이상의""",
    "between": """entre|zwischen|między|в диапазоне|介于|范围|範圍|範囲|범위|trong khoảng""",
    "max": """máximo|máxima|máx.|máx|maximal|höchstens|hasta|até|au plus|jusqu'à|maksymalnie|maks.|максимум
        |макс.|не более|最大长度|最大長度|最长|最大|不超过|最大長|上限|최대 길이|최대|tối đa|massimo""",
    "min": """mínimo|mínima|mín.|mín|minimal|mindestens|ao menos|pelo menos|al menos|au moins|co najmniej
        |минимум|мин.|не менее|最小长度|最短|最小|至少|最小長|下限|최소 길이|최소|tối thiểu|minimo""",
    "chars": """caracteres|carácter|caractères|zeichen|znaków|символов|символа|символ|个字符|字符|個字元|字元
        |文字|글자|ký tự|caratteri""",
    ">=": """mayor o igual a|mayor o igual que|maior ou igual a|supérieur ou égal à|größer oder gleich
        |większe lub równe|больше или равно|大于等于|大於等於|大于或等于""",
    "<=": """menor o igual a|menor o igual que|menor ou igual a|inférieur ou égal à|kleiner oder gleich
        |меньше или равно|小于等于|小於等於|小于或等于""",
    ">": """mayor que|mayor a|maior que|supérieur à|größer als|większe od|больше|大于|大於""",
    "<": """menor que|menor a|inférieur à|kleiner als|mniejsze od|меньше|小于|小於""",
    "on delete cascade": """eliminación en cascada|borrado en cascada|exclusão em cascata|suppression en cascade
        |каскадное удаление|级联删除|串聯刪除|カスケード削除|연쇄 삭제|계단식 삭제""",
    "belongs to": """pertenece a|pertence a|appartient à|gehört zu|należy do|принадлежит|属于|屬於|に属する|소속
        |thuộc về""",
    "has many": """tiene muchos|tiene muchas|tem muitos|tem muitas|possui muitos|a plusieurs|possède plusieurs
        |hat viele|ma wiele|имеет много|имеет множество|包含多个|拥有多个|有多个|có nhiều""",
    "computed": """calculado|calculada|calculé|berechnet|obliczane|вычисляемое|вычисляется|计算得出|计算字段
        |計算值|算出値|계산됨|계산된 값""",
    "format": """formato|formaat|формат|格式|フォーマット|형식|포맷|định dạng""",
    "pattern": """patrón|padrão regex|motif|muster|wzorzec|шаблон|регулярное выражение|正则|正则表达式|正規表現
        |정규식|정규 표현식""",
}

# what stands in a column of types
TYPES: dict[str, str] = {
    "string": """строк|строки|строковый
        |cadena|cadena de texto|cadena de caracteres|chaîne|chaîne de caractères|zeichenkette|łańcuch
        |ciąg znaków|строка|字符串|字串|文字列|문자열|chuỗi|texto corto|texto curto|stringa""",
    "text": """texto|texto largo|texto longo|texte|texte long|tekst|текст|длинный текст|文本|长文本|文字
        |テキスト|長文|텍스트|긴 텍스트|văn bản|testo""",
    "integer": """entero|número entero|inteiro|número inteiro|entier|ganzzahl|liczba całkowita|целое|целое число
        |整数|整型|整數|정수|정수형|số nguyên|intero""",
    "bigint": """entero largo|entero grande|长整型|长整数|長整數|большое целое""",
    "number": """чисел|número|numero|numérico|nombre décimal|zahl|liczba|число|数字|数值|數字|數值|浮点数|浮点|浮點數
        |数値|숫자|수|실수|số|số thực|nombre""",
    "decimal": """decimal|décimal|dezimalzahl|dziesiętna|десятичное|десятичное число|小数|小數|十进制|십진수
        |소수|số thập phân|moneda|moeda|monnaie|währung|kwota|деньги|сумма|金额|金額|货币|통화|금액|tiền tệ""",
    "boolean": """booleano|lógico|booléen|wahrheitswert|logiczna|логический|логическое|булево|булевый|булев|布尔
        |布尔值|布林|布林值|真偽値|ブール|ブーリアン|真偽|불리언|부울|불린|논리형|luận lý|booleana""",
    "date": """fecha|datum|дата|日期|日付|날짜|ngày""",
    "datetime": """fecha y hora|fecha/hora|fecha hora|marca de tiempo|data e hora|data/hora|date et heure
        |date/heure|horodatage|datum und uhrzeit|zeitstempel|data i czas|znacznik czasu|дата и время|дата/время
        |временная метка|метка времени|日期时间|日期時間|时间戳|時間戳|时间戳记|时间|時間|日時|タイムスタンプ
        |날짜시간|날짜 시간|날짜/시간|일시|타임스탬프|ngày giờ|thời gian""",
    "time": """hora|heure|uhrzeit|godzina|время|时刻|時刻|시각|giờ""",
    "array": """lista|arreglo|matriz|arranjo|tableau|liste|tablica|массив|список|数组|陣列|列表|清單|配列|リスト
        |배열|목록|리스트|mảng|danh sách""",
    "json": """objeto|objet|objekt|obiekt|объект|对象|物件|オブジェクト|객체|오브젝트|đối tượng|oggetto|字典
        |映射""",
    "enum": """enumeración|enumerado|enumeração|énumération|énuméré|aufzählung|wyliczenie|перечисление|枚举|枚舉
        |列舉|列挙型|列挙|열거형|이넘|liệt kê""",
    "binary": """binario|binário|binaire|binär|binarny|двоичные данные|бинарный|二进制|二進位|バイナリ|바이너리
        |nhị phân""",
    "uuid": """identificador único|identificador uuid|identifiant unique|уникальный идентификатор|唯一标识
        |唯一标识符|唯一識別碼|고유 식별자|一意識別子""",
}

# behind an entity's name: what becomes of it, and what kind of thing it is
QUALIFIERS: dict[str, str] = {
    "new": """nuevo|nueva|novo|nova|nouveau|nouvelle|neu|nowa|nowy|новая|новый|новое|新增|新建|新規|신규|mới|nuova""",
    "modified": """modificado|modificada|extendido|extendida|ampliado|ampliada|actualizado|actualizada|alterado
        |alterada|estendido|estendida|atualizado|atualizada|modifié|modifiée|étendu|étendue|geändert|erweitert
        |zmodyfikowana|rozszerzona|изменена|изменённая|измененная|изменение|расширена|расширение|обновлена
        |дополнена|修改|变更|变动|扩展|更新|變更|擴充|変更|拡張|修正|追加|변경|수정|확장|sửa đổi|mở rộng|modificata""",
    "existing": """existente|existentes|existant|existante|bestehend|istniejąca|существующая|существующий|现有|已有
        |已存在|現有|既存|기존|hiện có|esistente""",
    "unchanged": """sin cambios|sem alterações|sem mudanças|inchangé|inchangée|sans changement|unverändert|bez zmian
        |без изменений|不变|无变更|无变化|未变更|無變更|変更なし|변경 없음|변경없음|không đổi
        |không thay đổi|invariata""",
    "removed": """eliminado|eliminada|removido|removida|supprimé|supprimée|entfernt|usunięta|удалена|удалён|删除|移除
        |废弃|刪除|削除|廃止|삭제|제거|đã xóa|rimossa""",
    "enum": """enumeración|enumerado|enumeração|énumération|aufzählung|wyliczenie|перечисление|枚举|枚舉|列舉
        |列挙型|列挙|열거형|열거|이넘|liệt kê|enumerazione""",
    "dto": """solicitud|respuesta|requisição|resposta|requête|réponse|anfrage|antwort|żądanie|odpowiedź|запрос|ответ
        |请求|响应|請求|回應|リクエスト|レスポンス|要求|応答|요청|응답|yêu cầu|phản hồi|objeto de valor|值对象|값 객체
        |値オブジェクト|objet valeur|wertobjekt|объект-значение""",
    "derived": """derivado|derivada|calculado|calculada|en memoria|em memória|dérivé|dérivée|calculé|calculée
        |en mémoire|abgeleitet|berechnet|im speicher|производная|вычисляемая|вычисляемый|в памяти|派生|计算|視圖|视图
        |内存|不持久化|非持久化|導出|計算|メモリ内|非永続|파생|계산|메모리|뷰|비영속|읽기 모델
        |读模型|読み取りモデル
        |modelo de lectura|modelo de leitura|modèle de lecture""",
    "external": """externo|externa|externe|externer|extern|zewnętrzna|внешняя|внешний|外部|第三方|サードパーティ|외부
        |bên ngoài|esterna|de terceros|de terceiros""",
    "table": """tabla|tabela|tabelle|таблица|表|数据表|資料表|テーブル|테이블|bảng|tabella""",
    "entity": """entidad|entidade|entité|entität|encja|сущность|实体|實體|エンティティ|엔티티|thực thể|entità""",
    "model": """modelo|modèle|modell|модель|模型|モデル|모델|mô hình|modello""",
}
NO_CHANGES = (
    r"(?:无|無|没有|不)(?:需|涉及|需要|新增|引入|修改|改变|变更|有)?.{0,12}?(?:schema|表结构|数据库|数据模型"
    r"|数据表|实体|資料庫|資料表)"
    r".{0,6}?(?:变更|改动|修改|变化|新增|變更|$|[。，,.])|(?:数据库|表结构|数据模型|schema).{0,8}?(?:无|不"
    r"|没有)(?:需)?(?:变更|变化|修改|改动)"
    r"|(?:스키마|데이터 ?모델|데이터베이스|DB|테이블|엔티티).{0,14}?(?:변경|추가|수정).{0,8}?(?:없|않|불필요)"
    r"|(?:スキーマ|データモデル|データベース|DB|テーブル|エンティティ).{0,14}?(?:変更|追加|修正).{0,6}?(?:なし"
    r"|ない|ません|しない|不要)"
    r"|\b(?:sin|no (?:hay|requiere|introduce|se requieren|se introducen|se añaden|añade|modifica))\s.{0,24}?"
    r"(?:esquema|tablas?|modelo de datos|entidades|base de datos)"
    r"|\b(?:sem|não (?:há|requer|introduz|adiciona|altera)|nenhuma?)\s.{0,24}?(?:esquema|tabelas?"
    r"|modelo de dados|entidades?|banco)"
    r"|\b(?:aucune?|pas de|n'introduit|ne modifie)\s.{0,24}?(?:schéma|tables?|modèle de données|entités?"
    r"|base de données)"
    r"|(?:без изменений|нет изменений|изменений? (?:не требу|нет)|не (?:вводит|добавляет|меняет|требует)).{0,30}?"
    r"(?:схем|таблиц|модел|сущност|баз)|(?:схем|модел)\w* (?:данных )?не (?:меняется|изменяется)"
    r"|\bkeine?\s.{0,20}?(?:schema|tabellen|datenmodell|datenbank|entitäten)\w*"
    r"|\bkhông (?:có )?(?:thay đổi|thêm).{0,16}?(?:schema|bảng|cơ sở dữ liệu|mô hình|thực thể)"
    r"|\b(?:brak|bez) (?:zmian|nowych).{0,16}?(?:schema|model|baz|tabel|encj)"
)
NO_DATABASE = (
    r"(?:不(?:使用|需要|涉及)|无|無|没有)(?:数据库|持久化|持久存储|資料庫)|(?:데이터베이스|DB|영속성?"
    r"|저장소).{0,6}?(?:사용하지 않|없)"
    r"|(?:データベース|DB|永続化).{0,6}?(?:使用しない|なし|しない)|\bsin (?:base de datos|persistencia)\b"
    r"|\bsem (?:banco de dados|persistência)\b"
    r"|\b(?:sans|pas de) (?:base de données|persistance)\b|\bбез (?:базы данных|бд)\b|\b(?:keine datenbank"
    r"|ohne datenbank)\b"
)

# answers in a column of yes and no
_YES_WORDS = """yes|y|true|✅|✓|✔|✔️|☑|☑️|x|required|必填|필수|sí|si|sim|oui|ja|tak|да|是|はい|예|네|o|○|◯|●|⭕
    |mandatory|not-null|có|必須|必须|必需|obligatorio|obligatoria|requerido|obrigatório|obligatoire|requis
    |pflicht|wymagane|обязательно|обязательное|bắt buộc|有|1|req|always|необходимо|要|obbligatorio|sì"""
YES = frozenset(word.strip() for word in _YES_WORDS.split("|"))
_NO_WORDS = """no|n|false|❌|✗|✘|✖|✖️|☐|optional|-|–|—|non|nein|nie|нет|否|いいえ|아니오|아니요|선택|×|không|não|nao
    |nullable|opcional|任意|可选|選填|选填|可選|optionnel|facultatif|необязательно|opcjonalne|tùy chọn|無|无|0
    |opt|无需|不要|facoltativo|不|非必填|선택사항"""
NO = frozenset(word.strip() for word in _NO_WORDS.split("|"))
