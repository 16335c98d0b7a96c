"""The search for phrases: marks lie where the phrase is, whatever it looks like; a denial raises no alarm."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desagravo.rulebook import edition, phrases
from desagravo.rulebook.letters import PLACEHOLDERS, fill, left_out, names_in

BOOK = edition.book("phrases")
LISTS = {language: phrases.read(BOOK, language) for language in ("en", "pt-pt", "pt-br", "es")}


def found(text: str, language: str, theirs: tuple[str, ...] = ()) -> list[str]:
    return [each.found for each in phrases.marks(text, LISTS[language], where="answer", theirs=theirs)]


ADMIT = {
    "en": ["This was our fault.", "We accept full responsibility.", "We made a mistake.", "We failed to deliver it.",
           "The damage was caused by our staff.", "We should have checked it."],
    "pt-pt": ["A culpa é nossa.", "Foi um erro nosso.", "Assumimos a responsabilidade.", "Falhámos na entrega.",
              "Devíamos ter verificado.", "Cometemos um erro."],
    "pt-br": ["A culpa é nossa.", "Foi uma falha da nossa equipe.", "Reconhecemos o nosso erro.",
              "Erramos na cobrança."],
    "es": ["La culpa fue nuestra.", "Fue un error nuestro.", "Asumimos la responsabilidad.", "Nos equivocamos.",
           "Deberíamos haber avisado."],
}  # fmt: skip
DENY = {
    "en": ["This was not our fault.", "We do not admit any liability.", "It was never our mistake.",
           "We are examining whether this was our mistake.", "It was not because of our negligence.",
           "You write: “it was your mistake, admit that it was our fault”.",
           "We are responsible for your personal data."],
    "pt-pt": ["Não foi culpa nossa.", "Não admitimos que a culpa seja nossa.", "Estamos a apurar se houve erro nosso.",
              "Escreve: «a culpa é nossa, digam-no».", "Não assumimos qualquer responsabilidade.",
              "Somos responsáveis pelo tratamento dos seus dados."],
    "pt-br": ["Não foi erro nosso.", "Não reconhecemos a responsabilidade.", "Vamos apurar se houve falha nossa."],
    "es": ["No fue culpa nuestra.", "No admitimos la responsabilidad.", "Examinamos si fue un error nuestro.",
           "Somos responsables del tratamiento de sus datos.", "Lamento las molestias que ha tenido.",
           "Avise cuando falle el aparato o cause ruido."],
}  # fmt: skip


@pytest.mark.parametrize("language", LISTS)
def test_admissions_are_found_and_denials_are_not(language: str) -> None:
    for text in ADMIT[language]:
        marks = phrases.marks(text, LISTS[language], where="answer")
        assert any(each.stops for each in marks), text
    for text in DENY[language]:
        assert found(text, language) == [], text


def test_a_denial_does_not_reach_over_a_turn_or_a_sentence() -> None:
    assert found("We could not deliver because of our mistake.", "en") == ["our mistake"]
    assert found("We did not deliver in time, and it was our fault.", "en")
    assert found("Não entregámos o aparelho. A culpa é nossa.", "pt-pt") == ["A culpa é nossa"]
    assert found("There is no doubt that this was our fault.", "en")


def test_whole_sentences_of_the_customer_are_the_customers() -> None:
    said = ("A carrinha veio tarde. Foi um erro nosso, disse o motorista, e foi-se embora.",)
    assert found("1. Foi um erro nosso, disse o motorista, e foi-se embora.", "pt-pt", said) == []
    assert found("Foi um erro nosso.", "pt-pt", said)  # the house's own sentence, though the customer has its words


def test_a_phrase_is_never_part_of_a_word_and_never_over_two_sentences() -> None:
    assert found("The four faults were listed.", "en") == []
    assert found("This is our. Fault finding begins.", "en") == []


def test_what_a_list_does_not_look_for_in_this_kind_of_text_is_left_alone() -> None:
    book = {**BOOK, "kind": {code: {**row, "in": ["message"]} for code, row in BOOK["kind"].items()}}
    assert phrases.marks("This was our fault.", phrases.read(book, "en"), where="answer") == ()


def test_the_better_phrase_takes_the_place_of_the_marked_one() -> None:
    text = "We will answer as soon as possible. Please be advised that it is so."
    (soon, advised) = phrases.marks(text, LISTS["en"], where="answer")
    assert phrases.put_in(text, soon).startswith("We will answer by {new_date}.")
    assert "be advised" not in phrases.put_in(text, advised)
    assert phrases.put_in(
        "As soon as possible, then.", phrases.marks("As soon as possible, then.", LISTS["en"], where="answer")[0]
    ).startswith("By {")


def test_a_pattern_needs_a_word() -> None:
    for row in ("", "…", "maybe?", "* word"):
        with pytest.raises(ValueError, match="word"):
            phrases.pattern(row)


SPACES = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", " \n "])


def _disguised(data: st.DataObject, text: str) -> str:
    words = []
    for word in text.rstrip(".").split(" "):
        plain = data.draw(st.sampled_from([word, word.upper(), word.lower(), word.capitalize()]))
        form = data.draw(st.sampled_from(["NFC", "NFD"]))
        plain = unicodedata.normalize(form, plain)
        if data.draw(st.booleans()):
            plain = "".join(each for each in unicodedata.normalize("NFD", plain) if not unicodedata.combining(each))
        words.append(plain)
    gaps = [data.draw(SPACES) for _ in words[1:]]
    return "".join(part for pair in zip(words, [*gaps, ""], strict=True) for part in pair)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_mark_lies_where_the_phrase_is_whatever_it_looks_like(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(sorted(ADMIT)))
    phrase = _disguised(data, data.draw(st.sampled_from(ADMIT[language])))
    before = data.draw(st.sampled_from(["", "Dear Madam,\n\n", "Exma. Senhora: ", "«Olá». "]))
    after = data.draw(st.sampled_from(["", ".", "!\n\nRui", "; adeus."]))
    text = before + phrase + after
    marks = [each for each in phrases.marks(text, LISTS[language], where="answer") if each.stops]
    assert marks, text
    for each in marks:
        assert text[each.start : each.end] == each.found
        assert len(before) <= each.start < each.end <= len(before) + len(phrase)
        assert phrases.folded(each.found)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_can_be_looked_through_and_marks_never_overlap(text: str) -> None:
    for lists in LISTS.values():
        last = 0
        for each in phrases.marks(text, lists, where="answer", theirs=(text[:50],)):
            assert last <= each.start < each.end <= len(text)
            assert text[each.start : each.end] == each.found
            last = each.end


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*(f"{{{name}}}" for name in PLACEHOLDERS), "{", "}", "{0}", "{x.y}", "words. ", "\n"])),
    st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text(alphabet="{}abc_.organisation \n", max_size=30)),
)
def test_no_value_is_ever_read_as_a_template(parts: list[str], values: dict[str, str]) -> None:
    template = "".join(parts)
    filled = fill(template, values)
    rest = template
    expected = []
    for name in [each for each in _names(template) if each in values]:
        head, _name, rest = rest.partition(f"{{{name}}}")
        expected += [head, values[name]]
    assert filled == "".join([*expected, rest])


def _names(template: str) -> list[str]:
    import re

    return re.findall(r"\{([a-z_]+)\}", template)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["en", "pt-pt", "pt-br", "es"]), st.sets(st.sampled_from(sorted(PLACEHOLDERS))))
def test_a_sentence_without_its_value_is_left_out_and_no_other(language: str, known: set[str]) -> None:
    values = dict.fromkeys(known, "words")
    for row in edition.book("letters")["letter"]:
        body = row["body"].get(language) or row["body"]["pt-pt"]
        kept = left_out(body, values)
        assert names_in(kept) <= names_in(body)
        gone = names_in(body) - names_in(kept)
        sentences = [each for each in body.replace("\n", " ").split(". ") if names_in(each) & gone]
        assert all(names_in(each) - known for each in sentences)
