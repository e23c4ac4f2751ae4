"""The words of a specification in the languages in which its templates exist: sections, stories, steps, priorities."""

from __future__ import annotations

import re
from enum import StrEnum


class Part(StrEnum):
    """What a section of `spec.md` holds."""

    STORIES = "stories"
    SCENARIOS = "scenarios"
    EDGE_CASES = "edge cases"
    REQUIREMENTS = "requirements"
    CRITERIA = "criteria"
    ENTITIES = "entities"
    CLARIFICATIONS = "clarifications"
    QUESTIONS = "questions"
    ROLES = "roles"
    DEPENDENCIES = "dependencies"
    COVERAGE = "coverage"  # repeats ids that are declared elsewhere
    OTHER = "other"


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.I)


# The first that matches counts; `Key Entities` must stand before the requirements whose section holds it.
_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    (
        Part.COVERAGE,
        _words(
            r"traceab|coverage|mapping|(?<!permission )(?<!permissions )(?<!access )matrix|checklist|change ?log"
            r"|revision history|out of scope|non-goals"
            r"|execution (?:flow|status)|trazabilidad|tra[çc]abilit|rastreabilidade|追溯|追跡|추적|трассир|чек-?лист"
        ),
    ),
    (
        Part.OTHER,
        _words(
            r"^(?:\d[\d.]*\s+)?(?:assumptions?|constraints?|notes?|references?|glossary|risks?|background|overview"
            r"|test(?:s|ing)?\b"
            r"|implementation|review|summary|delivery|lessons|retrospective|supuestos|suposiciones|hypoth[èe]ses"
            r"|premissas|suposi"
            r"|假设|假設|假定|前提|가정|допущени|предположени)|out.of.scope"
        ),
    ),
    (
        Part.EDGE_CASES,
        _words(
            r"edge cases?|corner cases?|casos? (?:l[ií]mite|borde|extremos?|de borda)|cas (?:limites?|aux limites)"
            r"|边界|边缘|邊界|邊緣|エッジケース|境界|엣지|경계|예외 (?:상황|사항)|граничн|крайни|пограничн"
        ),
    ),
    (
        Part.SCENARIOS,
        _words(
            r"^(?:test |key |main )?(?:acceptance )?scenarios?$|acceptance (?:scenarios?|criteria|tests?)"
            r"|(?:escenarios?|criterios?) de aceptaci|(?:sc[ée]narios?|crit[èe]res?) d.acceptation"
            r"|(?:cen[áa]rios?|crit[ée]rios?) de aceita|验收|驗收|受け入れ|受入|인수|수용 (?:시나리오|기준)|при[её]мк"
        ),
    ),
    (
        Part.STORIES,
        _words(
            r"user (?:stor(?:y|ies)|scenarios?|journeys?)|historias? de usuarios?|escenarios? de usuario"
            r"|(?:histoires?|r[ée]cits?|sc[ée]narios?) (?:d.)?utilisateurs?|(?:hist[óo]rias?"
            r"|cen[áa]rios?) d[eo] usu[áa]rio"
            r"|用户(?:故事|场景)|用戶(?:故事|場景)|使用者(?:故事|情境|場景)|ユーザー?(?:ストーリー|シナリオ)"
            r"|사용자 (?:스토리|시나리오)"
            r"|유저 스토리|пользовательски|истори[ияй] пользовател|сценари[ийя] (?:использования|пользовател)"
        ),
    ),
    (
        Part.ENTITIES,
        _words(
            r"\bentit(?:y|ies)\b|entidades|entit[ée]s|实体|實體|エンティティ|엔[티터]티|개체|сущност"
            r"|domain objects|data objects"
        ),
    ),
    (
        Part.CRITERIA,
        _words(
            r"success (?:criteria|metrics)|measurable (?:outcomes|results)|(?:criterios|m[ée]tricas) de [ée]xito"
            r"|crit[èe]res de (?:succ[èe]s|r[ée]ussite)|crit[ée]rios de sucesso|成功(?:标准|標準|指标|指標|準則|基準)"
            r"|성공 (?:기준|지표)|критери[ийя] успе"
        ),
    ),
    (
        Part.QUESTIONS,
        _words(
            r"open (?:questions?|issues|points)|unresolved|preguntas abiertas|questions ouvertes"
            r"|(?:quest[õo]es|perguntas) (?:em )?abertas?|未决|待解决|开放问题|未解決|미해결|открыты[ей] вопрос"
        ),
    ),
    (
        Part.CLARIFICATIONS,
        _words(r"clarif|aclaraci|[ée]claircissement|esclarecimento|澄清|明確化|確認事項|명확화|уточнени"),
    ),
    (
        Part.ROLES,
        _words(
            r"^(?:user |system |access )?(?:roles?|actors?|personas?)\b(?! (?:management|assignment|entity|model"
            r"|hierarchy|endpoints?))"
            r"|\b(?:roles|actors|personas|user types|user roles|permissions? matrix)(?: (?:and|&) \w+)?$"
            r"|^(?:actores|acteurs|r[ôo]les|atores|pap[ée]is)\b|^(?:角色|参与者|參與者|アクター|役割|ロール|역할"
            r"|액터)"
            r"|^(?:роли|акт[ёо]ры)"
        ),
    ),
    (
        Part.DEPENDENCIES,
        _words(
            r"^(?:external |feature )?dependenc|^related (?:specs|features)|^dependencias|^d[ée]pendances"
            r"|^depend[êe]ncias"
            r"|^依赖|^依賴|^依存|^의존|^зависимост"
        ),
    ),
    (
        Part.REQUIREMENTS,
        _words(
            r"requirements?\b|requisitos|requerimientos|exigences|需求|要求|要件|요구 ?사항|требовани"
        ),
    ),
)  # fmt: skip


STORIES = _words(r"stories|historias|histoires|r[ée]cits|hist[óo]rias|故事|ストーリー|스토리|истории")


def part_of(title: str) -> Part | None:
    """What a heading announces; None where it tells nothing, so that the section above goes on."""
    text = title.strip(" *_`").rstrip(":：")
    return next((part for part, words in _PARTS if words.search(text)), None)


_STORY_WORD = (
    r"(?:user\s+stor(?:y|ies)|(?:primary|main)\s+user\s+story|story|US|historia\s+de\s+usuario|(?:histoire"
    r"|r[ée]cit)\s+(?:d['’])?utilisateur"
    r"|hist[óo]ria\s+d[eo]\s+usu[áa]rio|用户故事|用戶故事|使用者故事|ユーザー?ストーリー|사용자\s*스토리"
    r"|유저\s*스토리"
    r"|пользовательская\s+история|история(?:\s+пользователя)?)"
)
STORY = re.compile(
    rf"^{_STORY_WORD}\s*[-#№]?\s*((?:[A-Z]{{1,10}}-)?\d{{1,3}}[a-z]?(?:\.\d{{1,2}})?)\s*[-–—:：.]?\s*(.*)$", re.I | re.S
)
UNNUMBERED_STORY = re.compile(rf"^(?:primary\s+|main\s+)?{_STORY_WORD}\s*(?:[-–—:：]\s*(.*))?$", re.I | re.S)
PRIORITY = re.compile(
    r"[(\[（【]?\s*(?:(?:priority|prioridad|priorit[ée]|prioridade|优先级|優先級|優先順位|優先順序|優先度|우선순위"
    r"|приоритет)"
    r"\s*[:：]?\s*)[*_`]*(P\s?\d|critical|high|medium|low|must|should|could|alta|m[ée]dia|baja|baixa|高|中"
    r"|低)\b[^()\[\]（）]{0,40}[)\]）】]?"
    r"|[(\[（【]\s*(P\d)\b[^()\[\]（）]{0,40}[)\]）】]|\b(P\d)\b(?=\s*$)",
    re.I,
)
META = {
    "branch": r"(?:feature\s+)?branch|rama(?:\s+de\s+(?:la\s+)?(?:funcionalidad|caracter[ií]stica))?"
    r"|branche(?:\s+de\s+fonctionnalit[ée])?"
    r"|(?:branch|ramo)\s+d[ae]\s+funcionalidade|(?:功能|特性)?分支|(?:機能|フィーチャー)?ブランチ"
    r"|(?:기능\s*)?브랜치|ветка(?:\s+(?:функции|фичи))?",
    "status": r"status|estado|statut|situa[çc][ãa]o|状态|狀態|ステータス|状態|상태|статус",
    "depends": r"depends(?:\s+on)?|dependenc(?:y|ies)|builds?\s+(?:up)?on|extends|requires|related\s+(?:specs?"
    r"|features?)|supersedes"
    r"|depende\s+de|dependencias|d[ée]pend\s+de|d[ée]pendances|depend[êe]ncias|依赖|依賴|依存(?:関係)?|의존(?:성)?"
    r"|зависит\s+от|зависимости",
}  # fmt: skip

GIVEN = (
    r"given|dad[oa]s?(?:\s+que)?|[ée]tant\s+donn[ée]e?s?(?:\s+qu(?:e|['’]))?|soit|给定|給定|假设|假設|假如|假定"
    r"|前提(?:条件)?|与えられた(?:状況|条件)?"
    r"|(?:주어진|전제)(?:\s*(?:상황|조건))?|먼저|가정|дано|допустим|пусть|при\s+условии(?:,?\s+что)?"
)
WHEN = (
    r"when|cuando|quand|lorsqu(?:e|['’])|quando|当|當|もし|操作|実行|とき|いつ|언제|만일|만약|행동|동작|실행|때"
    r"|когда|если"
)
THEN = (
    r"then|entonces|alors|ent[ãa]o|那么|那麼|则|則|应当|ならば|その結果|結果|すると|期待結果|그러면|그때|결과"
    r"|기대\s*결과|тогда|то"
)
AND = (
    r"and|but|also|y|pero|et(?:\s+qu['’])?|mais|e|mas|并且|而且|且|但是|かつ|また|しかし|그리고|또한|하지만|и|но"
    r"|а\s+также"
)
