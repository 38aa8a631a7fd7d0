"""The catalogue of the packaged documents, and of documents that promise less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.filling import saved_names
from conformance.cases.loads import Gather
from conformance.cases.steps import Connect, Expect, Generate, Moves, Request, Send, Silence, Step
from conformance.contract import Contract, Level, Provenance, load
from conformance.documents.find import find
from tests.cases.library import Document, Library, without

LEGAL = re.compile(r"[A-Za-z0-9._/-]+")
CLAUSES = ("clause", "where_clause", "within_clause", "correlation_clause", "early_clause", "late_clause")


def clauses_of(step: Step) -> Iterator[str]:
    return (getattr(step, name) for name in CLAUSES if getattr(step, name, ""))


def test_ids_are_unique_and_legal(whole: Catalogue) -> None:
    """An id can stand in a file name, a shell and a pytest id, and means one case."""
    ids = [case.id for case in whole.cases]
    assert len(ids) == len(set(ids))
    assert all(LEGAL.fullmatch(each) for each in ids)
    assert all("//" not in each and not each.endswith("/") for each in ids)


def test_ids_say_service_and_family(whole: Catalogue) -> None:
    """The first words of an id are the service and the family."""
    assert all(case.id.startswith(f"{case.service}/{case.family.value}/") for case in whole.cases)


def test_the_same_documents_give_the_same_catalogue(specs: Contract, whole: Catalogue) -> None:
    """Order and content are a function of the documents alone."""
    again = catalogue(specs, find().scenarios)
    assert again.cases == whole.cases
    assert again.unenforced == whole.unenforced


def test_there_are_many_cases(whole: Catalogue) -> None:
    """The packaged documents give at least four hundred questions."""
    assert len(whole.cases) >= 400
    assert {case.family.value for case in whole.cases} == {
        "transport", "auth", "commands", "layouts", "streams", "health",
    }  # fmt: skip


def test_every_clause_is_enforced_or_has_a_reason(whole: Catalogue) -> None:
    """Nothing that a document promises is forgotten in silence."""
    claimed = {clause for case in whole.cases for clause in case.clauses}
    assert claimed | set(whole.unenforced) == set(whole.clauses)
    assert not claimed & set(whole.unenforced)
    assert all(len(reason) > 20 for reason in whole.unenforced.values())


def test_no_reason_is_a_shrug(whole: Catalogue) -> None:
    """Every unenforced promise of the packaged documents has a reason that names what stands in the way."""
    assert "no case was derived for it" not in whole.unenforced.values()


def test_every_case_claims_something(whole: Catalogue) -> None:
    """A case without a clause would enforce nothing."""
    assert all(case.clauses for case in whole.cases)


def test_steps_name_known_clauses(whole: Catalogue) -> None:
    """A finding always leads to a promise in a document."""
    for case in whole.cases:
        for step in case.steps:
            assert all(clause in whole.clauses for clause in clauses_of(step)), case.id


def test_says_is_a_sentence(whole: Catalogue) -> None:
    """Each case tells a release engineer in one sentence what it asks."""
    for case in whole.cases:
        assert case.says.endswith("."), case.id
        assert "\n" not in case.says


def test_steps_refer_to_what_came_before(whole: Catalogue) -> None:
    """Replies follow their command, sessions are open, and values are saved before they are used."""
    for case in whole.cases:
        check_order(case)


def check_order(case: Case) -> None:
    sessions: set[str] = set()
    saved: set[str] = set()
    for index, step in enumerate((*case.steps, *case.cleanup)):
        if isinstance(step, Connect | Gather):
            sessions.add(step.session)
        elif hasattr(step, "session"):
            assert step.session in sessions, (case.id, step)
        if isinstance(step, Send):
            assert set(saved_names(step.payload)) <= saved, (case.id, step)
            saved.update(step.save)
        if isinstance(step, Expect | Silence):
            names = {name for each in step.where for name in saved_names(each.value)}
            assert names <= saved, (case.id, step)
        if isinstance(step, Expect):
            saved.update(step.save)
            if step.reply_to is not None:
                assert step.reply_to < index, (case.id, step)
                assert isinstance(case.steps[step.reply_to], Send), (case.id, step)


def test_trading_is_needed_whenever_a_command_may_change_something(specs: Contract, whole: Catalogue) -> None:
    """Also a broken or an unauthenticated command counts: a wrong target may obey it."""
    for case in whole.cases:
        services = {step.session: step.service for step in case.steps if isinstance(step, Connect)}
        sent = [step for step in case.steps if isinstance(step, Send) and step.operation]
        operations = (specs.services[services[step.session]].operations[step.operation] for step in sent)
        moves = any(isinstance(step, Moves) for step in case.steps)
        asked = [step for step in case.steps if isinstance(step, Request | Generate) and step.operation]
        posts = any(step.method not in ("GET", "HEAD") for step in asked)
        assert case.needs.trading == (moves or posts or any(each.changes_state for each in operations)), (
            case.id
        )


def test_requests_that_may_change_something_need_permission() -> None:
    """Drawn ones, too, and whatever the path is called: only the method says that nothing changes."""
    contract = load(find(openapi=[str(Path(__file__).parent / "ledger.openapi.yaml")]))
    needs = {case.id.split("/")[-2]: case.needs.trading for case in catalogue(contract).cases}
    assert needs == {"readEntries": False, "addEntry": True, "dropEntries": True}


def test_cases_are_published_only_when_all_they_claim_is(whole: Catalogue) -> None:
    """The provenance of a case is that of its weakest clause, its level that of its strongest."""
    for case in whole.cases:
        claimed = [whole.clauses[each] for each in case.clauses]
        published = all(each.provenance is Provenance.PUBLISHED for each in claimed)
        assert (case.provenance is Provenance.PUBLISHED) == published, case.id
        if all(each.level is Level.SHOULD for each in claimed):
            assert case.level is Level.SHOULD, case.id


def test_undone_is_what_was_made(library: Library) -> None:
    """A case that makes something for itself takes it back at the end."""
    case = library.case("library/commands/return/accepted")
    assert [step.operation for step in case.steps if isinstance(step, Send)] == ["borrow", "return"]
    assert [step.operation for step in case.cleanup if isinstance(step, Send)] == ["return"]
    assert case.resource == "library/account"


NEGATIVE = re.compile(
    r"malformed|unknown|missing|-as-|wrong|unauthenticated|without-|ended-|subscribed-twice|deadline"
)


def test_without_refusals_nothing_wrong_is_sent(tmp_path: Path) -> None:
    """A document that does not say how it refuses is asked nothing that would be refused."""
    ids = Library(tmp_path, without("refusals")).ids()
    assert ids
    assert not [each for each in ids if NEGATIVE.search(each)]


@pytest.mark.parametrize(
    ("role", "pattern"),
    [
        ("malformed", "/malformed/"),
        ("unknown_operation", "/unknown-command/"),
        ("invalid", "/look/missing-shelf"),
        ("unauthenticated", "/unauthenticated"),
        ("forbidden", "/without-lend"),
    ],
)
def test_without_a_role_none_of_its_cases(tmp_path: Path, library: Library, role: str, pattern: str) -> None:
    """Each kind of negative case needs the code that says how this is refused."""

    def change(made: Document) -> None:
        del made["x-conformance"]["refusals"]["codes"][role]
        made["x-conformance"]["refusals"]["order"].remove(role)

    assert [each for each in library.ids() if pattern in each]
    assert not [each for each in Library(tmp_path, change).ids() if pattern in each]


def test_without_any_extension_what_the_standard_says_is_still_tested(tmp_path: Path) -> None:
    """A plain document gets transport, command and layout cases."""

    def change(made: Document) -> None:
        del made["x-conformance"]
        del made["components"]["securitySchemes"]["card"]["x-conformance"]

    plain = Library(tmp_path, change)
    families = {case.family.value for case in plain.catalogue.cases}
    assert {"transport", "commands", "layouts"} <= families
    assert "streams" not in families


@pytest.mark.parametrize("name", ["Look", "Borrow", "Return", "Forget"])
def test_a_command_that_is_no_map_costs_only_its_own_cases(tmp_path: Path, name: str) -> None:
    """What the suite cannot make is left out, and everything else is still tested."""

    def change(made: Document) -> None:
        message = made["components"]["messages"][name]
        message["payload"] = {"type": "array", "items": [{"type": "string", "const": name}]}
        message.pop("correlationId", None)

    left = Library(tmp_path, change)
    assert left.ids("transport")
    assert not [each for each in left.ids("commands") if each.startswith(f"library/commands/{name.lower()}/")]
    assert any(each.startswith(f"library/{name}/") for each in left.catalogue.unenforced)


def test_a_service_of_two_messages(tmp_path: Path) -> None:
    """The smallest document that says anything gives cases, too."""

    def change(made: Document) -> None:
        del made["x-conformance"]
        made["components"]["securitySchemes"] = {}
        kept = ("Look", "Shelf")
        made["channels"]["desk"]["messages"] = {
            key: value for key, value in made["channels"]["desk"]["messages"].items() if key in kept
        }
        made["operations"] = {"look": made["operations"]["look"]}
        made["operations"]["look"]["reply"]["messages"].pop()
        made["components"]["messages"] = {
            key: value for key, value in made["components"]["messages"].items() if key in kept
        }

    ids = Library(tmp_path, change).ids()
    assert "library/commands/look/accepted" in ids
    assert "library/layouts/Shelf/books" in ids
