"""Rules about the linter's own settings and comments."""

from __future__ import annotations

from flaresmith.compiler.check.rules import INFO, WARNING, Example, Rule, spec

_VAGUE = "# Books\n- **FR-001**: Search MUST be fast. "
_EXACT = "# Books\n- **FR-001**: Search MUST answer within 300 ms. "

RULES = (
    Rule(
        "unused-ignore",
        (WARNING,),
        "A comment ignores what is not there",
        "It hides the next finding of that rule, which nobody has looked at.",
        "Take the comment out; the fix does.",
        spec(f"{_EXACT}<!-- flaresmith-ignore vague-wording: agreed with the readers -->\n"),
        spec(f"{_VAGUE}<!-- flaresmith-ignore vague-wording: agreed with the readers -->\n"),
        fixable=True,
    ),
    Rule(
        "unknown-rule",
        (WARNING,),
        "A comment ignores a rule that does not exist",
        "A name with a typing error ignores nothing.",
        "Correct its name; `flaresmith spec explain` lists all rules.",
        spec(f"{_VAGUE}<!-- flaresmith-ignore vage-wording: agreed -->\n"),
        spec(f"{_VAGUE}<!-- flaresmith-ignore vague-wording: agreed -->\n"),
    ),
    Rule(
        "ignore-without-reason",
        (INFO,),
        "A comment does not say why it ignores",
        "Whoever reads it next year must ask again.",
        "Write the reason behind a colon.",
        spec(f"{_VAGUE}<!-- flaresmith-ignore vague-wording -->\n"),
        spec(f"{_VAGUE}<!-- flaresmith-ignore vague-wording: agreed with the readers -->\n"),
    ),
    Rule(
        "setting-refused",
        (WARNING,),
        "A setting in `flaresmith.toml` has no effect",
        "A rule that was meant to be off is on, or the other way round. An error cannot be turned off: nothing sound "
        "could be generated.",
        "Correct the setting.",
        Example({"spec.md": "# Books\n", "/flaresmith.toml": '[lint]\nignore = ["no-such-rule"]\n'}),
        Example({"spec.md": "# Books\n", "/flaresmith.toml": '[lint]\nignore = ["vague-wording"]\n'}),
    ),
)
