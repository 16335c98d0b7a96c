"""What can be written in each book of an edition, and in which words it is asked.

The order is that of the pages. A row of a list is named by ``sentences``. Keys that stand in a book and not here are
asked by their shape (``guess``), so that nothing is hidden from whoever answers for the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desagravo.administration.rulebook import options as from_list
from desagravo.administration.rulebook import sentences
from desagravo.administration.rulebook.clauses import AGREED, DECIDED
from desagravo.administration.rulebook.fields import (
    Answers,
    Choice,
    Choices,
    Day,
    Field,
    Flag,
    Line,
    Lines,
    LinesInLanguages,
    Money,
    Rows,
    Table,
    Texts,
    Whole,
    Words,
)
from desagravo.administration.rulebook.world import Option, World
from desagravo.rulebook.problems import POLICY


@dataclass(frozen=True)
class Part:
    """One book: what it is for, and its fields."""

    book: str
    about: Words
    fields: tuple[Field, ...]


NAME = Texts(key="name", label=_("Name"))
REASON = Texts(
    key="reason",
    label=_("Reason, as people read it"),
    long=True,
    hint=_("One sentence that tells a colleague why. It stands on the case."),
)
REASON_WITH_LIMITS = Texts(
    key="reason",
    label=_("Reason, as people read it"),
    long=True,
    hint=_("One sentence that tells a colleague why. It stands on the case."),
    beside=lambda: {
        "{amount_from}": _("the amount from which the rule holds"),
        "{amount_below}": _("the amount below which it holds"),
    },
)
EVIDENCE = {
    "V": _("the source itself was read"),
    "S": _("a secondary source was read"),
    "R": _("from memory; to be checked"),
    "I": _("our interpretation"),
    "R/I": _("from memory, or our interpretation"),
}


def _when(hint: Words, fields: tuple[Field, ...], *, optional: bool = False) -> Rows:
    return Rows(
        key="when",
        label=_("When the rule holds"),
        hint=hint,
        one=_("Way"),
        fields=fields,
        code_from="",
        optional=optional,
    )


_ANY_WAY = _("It holds when any one of these ways is met. Within one way, everything that is stated must be true.")


def _codes_of(axis: str) -> Callable[[World], Sequence[Option]]:
    return lambda world: from_list.outcomes_of(world, axis)


TRIAGE = Part(
    "triage",
    _("Whether a complaint is minor or major. People answer questions; the rules weigh the answers."),
    (
        Rows(
            key="rule",
            label=_("Rules"),
            one=_("Rule"),
            pages=True,
            title=sentences.triage_rule,
            code_from="reason",
            code_before=lambda _row: "triage.",
            about=_("Every rule that is met adds its points. A rule that decides alone makes a complaint major."),
            fields=(
                REASON_WITH_LIMITS,
                Whole(key="points", label=_("Points")),
                Flag(
                    key="hard",
                    label=_("Decides alone"),
                    optional=True,
                    hint=_("One such rule is enough to make a complaint major, whatever else is answered."),
                ),
                Answers(
                    key="answers",
                    label=_("Answers that count"),
                    questions=from_list.triage_questions,
                    answers=lambda _world, _code: from_list.of(from_list.ANSWER)(_world),
                    optional=True,
                    quiet=True,
                    hint=_("Every question that has a tick must be answered with one of the ticked answers."),
                ),
                Money(key="amount_from", label=_("The amount is at least"), optional=True, quiet=True),
                Money(key="amount_below", label=_("The amount is less than"), optional=True, quiet=True),
                Choice(
                    key="amount",
                    label=_("Is an amount known?"),
                    options=from_list.of(from_list.GIVEN),
                    optional=True,
                    quiet=True,
                    empty=_("it does not matter"),
                ),
                Whole(
                    key="unknowns",
                    label=_("So many questions, or more, are answered with not known"),
                    optional=True,
                    quiet=True,
                ),
                Choices(
                    key="among",
                    label=_("Only these questions are counted for that"),
                    options=from_list.triage_questions,
                    optional=True,
                    quiet=True,
                    none=_("all of them"),
                ),
                Whole(
                    key="earlier_at_least",
                    label=_("So many earlier complaints, or more, of the same customer"),
                    optional=True,
                    quiet=True,
                ),
                Choices(
                    key="categories",
                    label=_("The complaint is about"),
                    options=from_list.categories,
                    optional=True,
                    quiet=True,
                    none=_("anything"),
                ),
            ),
        ),
        Rows(
            key="question",
            label=_("Questions"),
            one=_("Question"),
            pages=True,
            title=sentences.text,
            code_from="text",
            about=_("Each is answered with yes, no or not known. What nobody answered counts as not known."),
            fields=(
                Texts(key="text", label=_("Question")),
                Texts(key="hint", label=_("What to look at"), long=True, optional=True),
                Flag(key="amount", label=_("It asks for an amount as well"), optional=True),
            ),
        ),
        Rows(
            key="service",
            label=_("Designated services"),
            one=_("Service"),
            keyed=True,
            pages=True,
            title=sentences.named,
            fields=(NAME, Choice(key="department", label=_("Department"), options=from_list.departments)),
        ),
        Table(
            key="result",
            label=_("From how many points on a complaint is major"),
            fields=(
                Whole(key="major_from", label=_("Points")),
                *(
                    Table(key=key, label=label, fields=(Texts(key="reason", label=_("Reason, as people read it")),))
                    for key, label in (
                        ("together", _("When several lighter reasons make it major together")),
                        ("light", _("When something weighs, but not enough")),
                        ("nothing", _("When nothing weighs")),
                    )
                ),
            ),
        ),
        Table(
            key="money",
            label=_("Money"),
            fields=(Choice(key="currency", label=_("Currency of the limits"), options=from_list.currencies),),
        ),
        Table(
            key="known",
            label=_("What the product knows by itself"),
            fields=(
                Whole(
                    key="earlier_months",
                    label=_("Months in which complaints of the same customer count as earlier ones"),
                ),
            ),
        ),
        Table(
            key="goes_to",
            label=_("Who takes a case on"),
            fields=tuple(
                Table(
                    key=outcome,
                    label=label,
                    fields=(
                        Choice(key="role", label=_("Role"), options=from_list.roles),
                        Choice(
                            key="service",
                            label=_("Or a designated service"),
                            options=from_list.services,
                            empty=_("none"),
                            optional=True,
                        ),
                    ),
                )
                for outcome, label in (("minor", _("Minor complaints")), ("major", _("Major complaints")))
            ),
        ),
    ),
)

ROUTING = Part(
    "routing",
    _("Which departments the product proposes to ask. It only proposes: a person asks."),
    (
        Rows(
            key="rule",
            label=_("Rules"),
            one=_("Rule"),
            pages=True,
            title=sentences.routing_rule,
            code_from="reason",
            code_before=lambda _row: "route.",
            about=_("A department that several rules propose is proposed once, with all reasons, in this order."),
            fields=(
                Choice(key="department", label=_("Department"), options=from_list.departments),
                Choice(
                    key="question",
                    label=_("Question that fits best"),
                    options=from_list.department_questions,
                    hint=_("One of the questions of that department, under Departments."),
                ),
                REASON,
                _when(_ANY_WAY, DECIDED),
            ),
        ),
        Rows(
            key="flag",
            label=_("What rules may ask besides"),
            one=_("Mark"),
            pages=True,
            title=sentences.named,
            about=_("Marks that a colleague ticks on the case, for instance “a product of our own brand”."),
            fields=(NAME,),
        ),
    ),
)

APPROVALS = Part(
    "approvals",
    _("Which answers a second person reads before they leave, and who that must be."),
    (
        Rows(
            key="rule",
            label=_("Rules"),
            one=_("Rule"),
            pages=True,
            title=sentences.approval_rule,
            code_from="reason",
            code_before=lambda _row: "approval.",
            about=_("Every rule that is met asks for its approval. Of several ranks the highest counts."),
            fields=(
                Choice(key="role", label=_("Who approves"), options=from_list.approvers),
                REASON,
                _when(_ANY_WAY, DECIDED),
            ),
        ),
    ),
)

ASSIGNMENT = Part(
    "assignment",
    _("To whom the product proposes to give a case. A person assigns."),
    (
        Rows(
            key="rule",
            label=_("Rules"),
            one=_("Rule"),
            pages=True,
            title=sentences.assignment_rule,
            code_from="reason",
            code_before=lambda _row: "assign.",
            last_catches_all=True,
            about=_("The first rule that is met and finds somebody names the one with the fewest open cases."),
            fields=(
                Choices(key="roles", label=_("Roles"), options=from_list.roles, folded=False),
                Choices(
                    key="teams",
                    label=_("Teams"),
                    options=from_list.teams,
                    optional=True,
                    folded=False,
                    hint=_("None ticked: people of every team."),
                ),
                REASON,
                _when(_("Without any way the rule holds for every case."), DECIDED),
            ),
        ),
    ),
)

DEPARTMENTS = Part(
    "departments",
    _("The questions that departments are asked, and how many working days they get for an answer."),
    (
        Rows(
            key="department",
            label=_("Departments"),
            one=_("Department"),
            pages=True,
            title=sentences.department,
            fields=(
                Texts(
                    key="name",
                    label=_("Name"),
                    hint=_(
                        "A new organisation begins with this name. Yours is changed under Administration, Departments."
                    ),
                ),
                Texts(key="purpose", label=_("What it is asked"), long=True),
                Whole(key="due_days", label=_("Working days for an answer")),
                Choice(key="colour", label=_("Colour"), options=from_list.colours),
                Rows(
                    key="question",
                    label=_("Questions that are offered"),
                    one=_("Question"),
                    code_from="text",
                    title=sentences.text,
                    fields=(Texts(key="text", label=_("Question"), long=True),),
                ),
            ),
        ),
    ),
)

CATEGORIES = Part(
    "categories",
    _("What complaints are about. Old cases keep the names that they were filed under."),
    (
        Rows(
            key="group",
            label=_("Groups"),
            one=_("Group"),
            pages=True,
            title=sentences.named,
            fields=(
                NAME,
                Rows(
                    key="category",
                    label=_("Categories"),
                    one=_("Category"),
                    title=sentences.named,
                    fields=(
                        NAME,
                        Flag(key="text", label=_("The customer must say in words what it is"), optional=True),
                    ),
                ),
            ),
        ),
    ),
)

REMEDIES = Part(
    "remedies",
    _("What customers ask for, and what they are given: one list."),
    (
        Rows(
            key="remedy",
            label=_("Remedies"),
            one=_("Remedy"),
            pages=True,
            title=sentences.named,
            fields=(NAME, Flag(key="money", label=_("Granting it needs an amount and a currency"))),
        ),
    ),
)

CLOSING = Part(
    "closing_codes",
    _("What is ticked when a case is signed: one list for each side of the matter."),
    (
        Rows(
            key="axis",
            label=_("Sides of the matter"),
            one=_("Side"),
            pages=True,
            title=sentences.named,
            fields=(
                NAME,
                Texts(key="question", label=_("What is asked at the signature")),
                Choice(key="choice", label=_("How many may be ticked"), options=from_list.of(from_list.AXIS)),
                Rows(
                    key="option",
                    label=_("Codes"),
                    one=_("Code"),
                    pages=True,
                    title=sentences.named,
                    fields=(
                        NAME,
                        Texts(key="scope", label=_("When this code is right"), long=True),
                        Choices(
                            key="requires",
                            label=_("What must be given with it"),
                            options=from_list.requirements,
                            folded=False,
                        ),
                        Day(
                            key="valid_from",
                            label=_("Offered from"),
                            optional=True,
                            quiet=True,
                            hint=_("Empty: always."),
                        ),
                        Day(
                            key="valid_until",
                            label=_("Offered until"),
                            optional=True,
                            quiet=True,
                            hint=_("The last day. Empty: without end. What was signed stays readable."),
                        ),
                        Choices(
                            key="next",
                            label=_("Where a case may go from here when it is coded anew"),
                            options=from_list.closing_codes,
                            optional=True,
                            quiet=True,
                            none=_("to any code"),
                        ),
                        Choice(
                            key="case_status",
                            label=_("Only for a case that is"),
                            options=from_list.of(from_list.STATUS),
                            optional=True,
                            quiet=True,
                            empty=_("in any status"),
                        ),
                        Choice(
                            key="ends",
                            label=_("Why a case may end with it"),
                            options=from_list.of(from_list.ENDS),
                            optional=True,
                            quiet=True,
                            empty=_("the customer accepted the answer, or was told of every further way"),
                        ),
                    ),
                ),
            ),
        ),
        Rows(
            key="requirement",
            label=_("What a code may require"),
            one=_("Requirement"),
            keyed=True,
            pages=True,
            title=sentences.named,
            fields=(NAME,),
        ),
        Rows(
            key="report",
            label=_("What others call it"),
            one=_("Report"),
            pages=True,
            title=sentences.named,
            about=_("For returns and authorities. The first line whose every condition holds counts."),
            fields=(
                NAME,
                Day(key="review_by", label=_("To be reviewed by"), optional=True),
                Rows(
                    key="value",
                    label=_("Their codes"),
                    one=_("Code"),
                    pages=True,
                    title=sentences.named,
                    fields=(NAME,),
                ),
                Rows(
                    key="line",
                    label=_("Which of ours is which of theirs"),
                    one=_("Line"),
                    code_from="",
                    last_catches_all=True,
                    fields=(
                        Choice(key="says", label=_("They call it"), options=from_list.report_values),
                        Table(
                            key="when",
                            label=_("When we ticked"),
                            fields=tuple(
                                Choices(
                                    key=axis, label=label, options=_codes_of(axis), optional=True, none=_("anything")
                                )
                                for axis, label in (
                                    ("outcome", _("Outcome")),
                                    ("relief", _("Relief")),
                                    ("customer_position", _("Customer's position")),
                                    ("cause", _("Cause")),
                                )
                            ),
                        ),
                    ),
                ),
            ),
        ),
        Rows(
            key="outside_outcome",
            label=_("How a body outside may decide"),
            one=_("Outcome"),
            pages=True,
            title=sentences.named,
            fields=(NAME,),
        ),
        Rows(
            key="outside_effect",
            label=_("What that means for the case"),
            one=_("Effect"),
            pages=True,
            title=sentences.named,
            fields=(NAME,),
        ),
    ),
)

LETTERS = Part(
    "letters",
    _("Letters and messages to customers, in four languages."),
    (
        Rows(
            key="letter",
            label=_("Letters"),
            one=_("Letter"),
            pages=True,
            title=sentences.named,
            fields=(
                NAME,
                Choice(key="kind", label=_("What it is"), options=from_list.of(from_list.LETTER)),
                Choice(key="purpose", label=_("What it is for"), options=from_list.purposes),
                Texts(key="subject", label=pgettext_lazy("letter", "Subject")),
                Texts(
                    key="body",
                    label=pgettext_lazy("letter", "Text"),
                    long=True,
                    beside=from_list.placeholders,
                    hint=_("Every language uses the same words in braces. What has no value is caught before sending."),
                ),
            ),
        ),
        Rows(
            key="standing",
            label=_("Standing words"),
            one=_("Words"),
            keyed=True,
            pages=True,
            title=sentences.text,
            about=_("Sentences that stand in several letters."),
            fields=(Texts(key="text", label=_("Words"), long=True),),
        ),
    ),
)

PHRASES = Part(
    "phrases",
    _("What is marked in a text before it leaves: words that admit liability, and empty phrases."),
    (
        Rows(
            key="phrase",
            label=_("Phrases"),
            one=_("Phrase"),
            pages=True,
            title=sentences.phrase,
            code_from="better",
            fields=(
                Choice(key="kind", label=_("What is wrong with it"), options=from_list.phrase_kinds),
                LinesInLanguages(
                    key="words",
                    label=_("What is looked for"),
                    hint=_(
                        "One phrase on each line. A star stands for how a word begins (admit*), three dots … for up to "
                        "four words."
                    ),
                ),
                Texts(key="better", label=_("A better one"), long=True, optional=True),
            ),
        ),
        Rows(
            key="kind",
            label=_("Kinds"),
            one=_("Kind"),
            keyed=True,
            pages=True,
            title=sentences.named,
            fields=(
                NAME,
                Texts(key="about", label=_("Why"), long=True, optional=True),
                Flag(key="stops", label=_("The text may not leave without a reason")),
                Choices(
                    key="in", label=_("Where it is looked for"), options=from_list.of(from_list.WRITING), folded=False
                ),
            ),
        ),
        Rows(
            key="unless",
            label=_("What takes the sting out"),
            one=_("Exception"),
            pages=True,
            code_from="",
            code="",
            title=sentences.exception,
            about=_("A “not” or an “if” before the phrase, in the same part of the sentence."),
            fields=(
                Choices(key="kinds", label=_("For which kinds"), options=from_list.phrase_kinds, folded=False),
                Whole(key="within", label=_("At most so many words before it")),
                LinesInLanguages(key="words", label=_("Words"), hint=_("One on each line.")),
            ),
        ),
        Table(
            key="turn",
            label=_("Words after which an earlier “not” no longer counts"),
            fields=(LinesInLanguages(key="words", label=_("Words"), hint=_("One on each line.")),),
        ),
    ),
)

GUIDANCE = Part(
    "guidance",
    _("What helps a colleague who takes a complaint in: what to say, and what not to."),
    (
        Rows(
            key="advice",
            label=_("Advice"),
            one=_("Advice"),
            pages=True,
            title=sentences.titled,
            code_from="title",
            fields=(
                Texts(key="title", label=_("Heading")),
                Texts(key="rule", label=_("The rule, in a sentence or two"), long=True),
                Choices(
                    key="channels",
                    label=_("Where it helps"),
                    options=from_list.channels_of_guidance,
                    optional=True,
                    folded=False,
                    hint=_("None ticked: everywhere."),
                ),
                Rows(
                    key="say",
                    label=_("What to say"),
                    one=_("Sentence"),
                    bare=True,
                    code_from="",
                    fields=(Texts(key="text", label=_("Sentence"), long=True),),
                ),
                Rows(
                    key="avoid",
                    label=_("What not to say"),
                    one=_("Sentence"),
                    bare=True,
                    code_from="",
                    fields=(Texts(key="text", label=_("Sentence"), long=True),),
                ),
            ),
        ),
        LinesInLanguages(
            key="admission", label=_("Words that admit fault or liability"), hint=_("One phrase on each line.")
        ),
    ),
)

TARGETS = Part(
    "targets",
    _("What the house promises itself, in working days. A shorter legal limit goes first."),
    (
        Rows(
            key="target",
            label=_("Targets"),
            one=_("Target"),
            title=sentences.named,
            fixed=True,
            fields=(
                NAME,
                Whole(key="days", label=_("Working days")),
                Texts(key="about", label=_("In a sentence"), long=True),
            ),
        ),
        Line(key="business_day_ends", label=_("When a working day ends"), hint=_("For instance 17:00.")),
        Choices(
            key="weekend",
            label=_("Days of the week that are not worked"),
            options=from_list.of(from_list.WEEKDAY),
            folded=False,
            numeric=True,
        ),
        Choice(key="zone", label=_("Time zone"), options=from_list.zones),
    ),
)

STAGES = Part(
    "stages",
    _("What a customer sees of the steps of a case: four stages, and a sentence for each."),
    (
        Rows(
            key="stage",
            label=_("Stages"),
            one=_("Stage"),
            pages=True,
            title=sentences.named,
            fixed=True,
            fields=(NAME,),
        ),
        Rows(
            key="status",
            label=_("Sentences"),
            one=_("Sentence"),
            pages=True,
            title=sentences.status,
            fixed=True,
            fields=(
                Choice(key="stage", label=_("Stage"), options=from_list.of_book("stages", "stage")),
                Texts(key="sentence", label=_("What the customer reads"), long=True),
            ),
        ),
    ),
)

FORM = Part(
    "form",
    _("The complaint form: what is asked, and what a complete form has."),
    (
        Choices(
            key="must",
            label=_("Without this no case is opened"),
            options=from_list.form_fields,
            hint=_("Nothing else refuses a complaint: what is missing is asked for."),
        ),
        Table(
            key="limits",
            label=_("How much a form may carry"),
            fields=(
                Whole(key="text_characters", label=_("Longest text, in characters")),
                Whole(key="files", label=_("Most files")),
                Whole(key="file_bytes", label=_("Largest file, in bytes"), hint=_("25 MB are 26214400 bytes.")),
                Whole(key="draft_hours", label=_("Hours for which a form that was begun is kept")),
                Whole(key="signature_name", label=_("Longest name as signature, in characters")),
            ),
        ),
        Rows(
            key="complete_when",
            label=_("What a complete form has"),
            one=_("Need"),
            pages=True,
            title=sentences.ask,
            code_from="ask",
            fields=(
                Texts(key="ask", label=_("How it is asked for"), hint=_("It stands after “we still need”.")),
                Choices(key="any_of", label=_("Any one of these fields will do"), options=from_list.form_fields),
            ),
        ),
        Rows(
            key="group",
            label=_("Sections of the form"),
            one=_("Section"),
            pages=True,
            title=sentences.named,
            fields=(NAME,),
        ),
        Rows(
            key="field",
            label=_("Fields"),
            one=_("Field"),
            pages=True,
            title=sentences.labelled,
            code_from="label",
            fields=(
                Texts(key="label", label=_("What is asked")),
                Texts(key="hint", label=_("Help below it"), optional=True),
                Choice(key="group", label=_("Section"), options=from_list.of_book("form", "group")),
                Whole(key="number", label=_("Number in the model form")),
                Choice(key="by", label=_("Who fills it in"), options=from_list.of(from_list.BY)),
                Choice(key="type", label=_("What is written there"), options=from_list.of(from_list.TYPE)),
                Whole(key="max", label=_("Longest text, in characters"), optional=True),
                Flag(key="core", label=_("It belongs to the core that the standard demands"), optional=True),
            ),
        ),
    ),
)

RULEBOOKS = Part(
    "rulebooks",
    _("Which rulebooks bind a case. Several may bind one case at once; the earliest limit counts."),
    (
        Rows(
            key="applies",
            label=_("Rules"),
            one=_("Rule"),
            pages=True,
            title=sentences.applies,
            code_from="reason",
            code_before=lambda _row: "rulebooks.",
            fields=(
                Choice(key="policy", label=_("Rulebook"), options=from_list.policies),
                REASON,
                _when(_ANY_WAY, AGREED),
            ),
        ),
        Rows(
            key="attribute",
            label=_("What rulebooks ask about a case"),
            one=_("Question"),
            pages=True,
            title=sentences.text,
            code_from="text",
            about=_("Answered by a colleague on the page of the time limits, unless the case itself tells."),
            fields=(
                Texts(key="text", label=_("Question")),
                Choice(key="kind", label=_("Answered with"), options=from_list.of(from_list.ATTRIBUTE)),
                Flag(
                    key="arises",
                    label=_("It comes about while the case is worked on"),
                    optional=True,
                    hint=_("An answer counts from the moment at which it is given."),
                ),
                Choice(
                    key="at_first",
                    label=_("What counts before that"),
                    options=from_list.attribute_answers,
                    optional=True,
                    empty=_("nothing"),
                ),
                Rows(
                    key="option",
                    label=_("Answers to choose from"),
                    one=_("Answer"),
                    fields=(NAME,),
                    optional=True,
                    title=sentences.named,
                ),
            ),
        ),
        Rows(
            key="derived",
            label=_("What the case itself tells"),
            one=_("Conclusion"),
            pages=True,
            title=sentences.derived,
            code_from="",
            code="",
            fields=(
                Choice(key="attribute", label=_("Question"), options=from_list.attributes),
                Choice(key="value", label=_("Answer"), options=from_list.attribute_answers),
                _when(_ANY_WAY, AGREED),
            ),
        ),
    ),
)

EDITION = Part(
    "edition",
    _("What the edition is called, and when somebody looks again whether it is still right."),
    (
        NAME,
        Texts(key="about", label=_("What it is"), long=True),
        Day(
            key="review_by",
            label=_("To be reviewed by"),
            hint=_("When the day has passed, the review stands among the next steps until it is done."),
        ),
    ),
)

CONTENT = Part(
    "content",
    _("What an answer must contain before it may leave, and how one sees that it does."),
    (
        Rows(
            key="purpose",
            label=_("Kinds of letters"),
            one=_("Kind"),
            pages=True,
            title=sentences.purpose,
            fixed=True,
            fields=(
                Choices(key="always", label=_("What the house asks of it"), options=from_list.items),
                Choices(
                    key="sections",
                    label=_("And what rulebooks ask"),
                    options=from_list.sections,
                    folded=False,
                    hint=_("The list of each rulebook that binds the case."),
                ),
                Choices(
                    key="past_limit",
                    label=_("And, where the new date lies beyond the limit"),
                    options=from_list.sections,
                    optional=True,
                ),
            ),
        ),
        Rows(
            key="item",
            label=_("What must be there"),
            one=_("Item"),
            pages=True,
            title=sentences.named,
            about=_(
                "Each is met by any one of: what the case knows, words in braces, a phrase, or a tick by a person."
            ),
            fields=(
                NAME,
                Texts(key="todo", label=_("What to do if it is not there"), long=True),
                Choice(
                    key="when",
                    label=_("When it is asked for"),
                    options=from_list.of(from_list.ASKED),
                    optional=True,
                    empty=_("always"),
                ),
                Choice(
                    key="fact",
                    label=_("What the case knows"),
                    options=from_list.of(from_list.FACT),
                    optional=True,
                    empty=_("nothing"),
                ),
                Choices(
                    key="placeholders",
                    label=_("Words in braces, all of them"),
                    options=from_list.placeholder_names,
                    optional=True,
                ),
                LinesInLanguages(
                    key="phrases", label=_("Phrases, any one of them"), optional=True, hint=_("One on each line.")
                ),
                Flag(key="person", label=_("A person may tick it and say where it stands"), optional=True),
                Texts(key="wording", label=_("Words that meet it"), long=True, optional=True),
            ),
        ),
    ),
)

BODIES = Part(
    "bodies",
    _("Bodies outside to which a customer may turn. The first that fits the case stands in letters."),
    (
        Rows(
            key="body",
            label=_("Bodies"),
            one=_("Body"),
            pages=True,
            title=sentences.named,
            fields=(
                NAME,
                Choice(key="country", label=_("Country"), options=from_list.countries),
                Choices(
                    key="policies",
                    label=_("Only where this rulebook binds the case"),
                    options=from_list.policies,
                    none=_("any case of the country"),
                    folded=False,
                ),
                Choices(
                    key="sectors",
                    label=_("Only for this business"),
                    options=from_list.sectors,
                    none=_("any"),
                    folded=False,
                ),
                Line(key="address", label=_("Address"), optional=True),
                Line(key="phone", label=_("Telephone"), optional=True),
                Line(key="email", label=_("E-mail"), optional=True),
                Line(key="website", label=_("Website"), optional=True),
                Choice(key="evidence", label=_("How sure we are"), options=from_list.of(EVIDENCE)),
                Line(key="source", label=_("Source"), optional=True),
                Day(key="review_by", label=_("To be reviewed by"), optional=True),
            ),
        ),
    ),
)

RETENTION = Part(
    "retention",
    _("How long cases are kept. The longest lawful minimum counts; a legal hold keeps a case in spite of all that."),
    (
        Rows(
            key="keep",
            label=_("Minimums of the house"),
            one=_("Minimum"),
            pages=True,
            title=sentences.named,
            about=_("Those of a jurisdiction stand in its own rulebook."),
            code_before=lambda _row: "house.",
            fields=(
                Texts(key="name", label=_("In a sentence"), long=True),
                Choice(key="what", label=_("What is kept"), options=from_list.of(from_list.KEPT)),
                Whole(key="n", label=_("How long")),
                Choice(key="unit", label=_("Counted in"), options=from_list.of(from_list.KEEPING)),
                Choice(key="from", label=_("Counted from"), options=from_list.of(from_list.KEPT_FROM)),
                Choice(
                    key="months_rule",
                    label=_("When the month has no such day"),
                    options=from_list.of(from_list.MONTHS),
                    optional=True,
                    empty=_("the last day of that month"),
                ),
                Choices(
                    key="categories",
                    label=_("Only for complaints about"),
                    options=from_list.categories,
                    optional=True,
                    none=_("anything"),
                ),
                Choice(key="evidence", label=_("How sure we are"), options=from_list.of(EVIDENCE), optional=True),
                Day(key="review_by", label=_("To be reviewed by"), optional=True),
            ),
        ),
        Table(
            key="reminder",
            label=_("Once a year the keepers of data are reminded to look at what may go"),
            fields=(Choice(key="month", label=_("In"), options=from_list.of(from_list.MONTH), numeric=True),),
        ),
    ),
)

PARTS: Mapping[str, Part] = {
    part.book: part
    for part in (
        EDITION,
        TRIAGE,
        ROUTING,
        APPROVALS,
        ASSIGNMENT,
        TARGETS,
        RULEBOOKS,
        DEPARTMENTS,
        CATEGORIES,
        REMEDIES,
        CLOSING,
        LETTERS,
        CONTENT,
        BODIES,
        PHRASES,
        GUIDANCE,
        FORM,
        STAGES,
        RETENTION,
    )
}
"""Every book, in the order in which people read them."""


def part(book: str) -> Part:
    """The description of a book; an empty one for a book that nobody described."""
    from desagravo.administration.rulebook import jurisdictions

    if book.startswith(POLICY):
        return jurisdictions.PART
    return PARTS.get(book, Part(book, "", ()))


__all__ = ["PARTS", "Lines", "Part", "part"]


def order(books: Mapping[str, Any]) -> list[str]:
    """The names of these books as people read them; unknown ones last."""
    return [*(name for name in PARTS if name in books), *sorted(name for name in books if name not in PARTS)]
