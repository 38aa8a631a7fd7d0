"""As many streams as promised on one connection, and one more."""

from __future__ import annotations

from pathlib import Path

from conformance.cases.abreast import Abreast
from conformance.payloads import Hole
from tests.cases.library import Document, Library, code, expects, sends

MANY, MORE = "library/streams/as-many-as-promised", "library/streams/one-too-many"


def limited(made: Document) -> None:
    """The change that limits a connection to four streams, and gives one kind a stream for each book."""
    made["x-conformance"]["limits"]["streams"] = 4
    made["x-conformance"]["streams"] |= {"exhausted": "enough"}
    made["x-conformance"]["streams"]["kinds"][1]["command"] = {"what": {"source": "book"}}
    made["components"]["messages"]["No"]["payload"]["properties"]["why"].pop("enum", None)


def test_no_two_of_them_are_the_same(tmp_path: Path) -> None:
    """Kinds that stand alone come once; the others once for each value that the target gives."""
    case = Library(tmp_path, limited).case(MANY)
    asked = [each.payload["what"] for each in sends(case) if each.session == "main"]  # type: ignore[index]
    assert asked[-1] == "news"
    assert [hole.name for hole in asked[:-1] if isinstance(hole, Hole)] == ["book#2", "book#1", "book"]
    assert set(case.needs.values) == {"book", "book#1", "book#2"}
    assert case.clauses == ("library/limits/streams",)
    assert {each.clause for each in expects(case)} == set(case.clauses)


def test_the_last_of_them_run(tmp_path: Path) -> None:
    """Of each kind the one that was begun last: what another connection gets of it comes here, too."""
    case = Library(tmp_path, limited).case(MANY)
    step = case.steps[-1]
    assert isinstance(step, Abreast)
    assert {each.clause for each in step.watched} == set(case.clauses)
    last = [each.payload for each in sends(case) if each.session == "main"][-len(step.watched) :]
    assert last[::-1] == [each.payload for each in sends(case) if each.session == step.witness]
    for session in ("main", step.witness):
        ids = [each.session_id if session == "main" else each.witness_id for each in step.watched]
        saved = [name for each in expects(case) if each.session == session for name in each.save]
        assert set(ids) <= set(saved)


def test_one_more_is_refused_until_another_has_ended(tmp_path: Path) -> None:
    """The refusal has its code, and changes nothing."""
    case = Library(tmp_path, limited).case(MORE)
    assert [each.operation for each in sends(case)][-3:] == ["follow", "forget", "follow"]
    refusal = expects(case)[4]
    assert (refusal.clause, code(refusal)) == ("library/streams/exhausted", "enough")
    assert sends(case)[4].payload == sends(case)[6].payload


def test_too_few_streams_are_no_case(tmp_path: Path) -> None:
    """Where the document knows fewer streams than the limit, it says so."""

    def few(made: Document) -> None:
        limited(made)
        made["x-conformance"]["streams"]["kinds"].pop()

    library = Library(tmp_path, few)
    assert not {MANY, MORE} & set(library.ids("streams"))
    assert "enough streams" in library.catalogue.unenforced["library/limits/streams"]
