"""Operations of an OpenAPI document: requests, answers, headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from conformance.changes.addresses import bare
from conformance.changes.entry import CLIENT, TARGET, Ends, whom
from conformance.changes.ground import Ground, matched, only
from conformance.changes.rules import keyed
from conformance.changes.shapes import shape
from conformance.contract.addresses import holes
from conformance.contract.model import HttpOperation, Parameter, Response, Service
from conformance.contract.schema import Schema


def http_operations(ground: Ground, old: Service, new: Service) -> None:
    """Compare what can be requested: by method and path, whatever an operation or its parameter is called."""
    before, after = ({f"{each.method} {each.path}": each for each in one.http} for one in (old, new))
    pairs = {place: place for place in matched(before, after)}
    gone, come = ({place: bare(place) for place in one if place not in pairs} for one in (before, after))
    pairs.update(only(gone, come))
    for place, each in before.items():
        if place not in pairs:
            ground.tell(
                "operation-gone", new.name, each.name, f"{place} is gone", clients=True, old=each.where,
                gone=_all(ground, each, old=True),
            )  # fmt: skip
    for place, each in after.items():
        if place not in pairs.values():
            ground.tell(
                "operation-new", new.name, each.name, f"{place} is new", server=True, new=each.where,
                come=_all(ground, each, old=False),
            )  # fmt: skip
    for place, other in pairs.items():
        _Pair(ground, before[place], after[other], other).compare()


def _all(ground: Ground, operation: HttpOperation, *, old: bool) -> tuple[str, ...]:
    side = ground.old if old else ground.new
    known = side.catalogue.clauses.values()
    return tuple(
        each.id
        for each in known
        if each.service == operation.service
        and (each.subject == operation.name or each.subject.endswith(f" of {operation.name}"))
    )


class _Pair:
    """One operation in both contracts."""

    def __init__(self, ground: Ground, old: HttpOperation, new: HttpOperation, place: str) -> None:
        self.ground, self.old, self.new, self.place = ground, old, new, place

    def compare(self) -> None:
        """All of it."""
        old, new = self.old, self.new
        if old.name != new.name:
            self._rename()
        responses = [{each.status: each for each in one.responses} for one in (old, new)]
        self._responses(responses[0], responses[1])
        known = [
            {f"{each.place} {each.name}": each for each in some} for some in (self._called(), new.parameters)
        ]
        self._parameters("parameter", known[0], known[1], CLIENT, "")
        self._body()
        if set(old.schemes) != set(new.schemes):
            bound, freed = bool(new.schemes) and not old.schemes, bool(old.schemes) and not new.schemes
            more = bool(set(new.schemes) - set(old.schemes))
            said = [" or ".join(each.schemes) or "no credential" for each in (old, new)]
            self._tell(
                "security", "needs " + " → ".join(said), clients=bound or not (freed or more),
                server=bound or freed or more,
                gone=[f"{old.service}/{old.name}/security"], come=[f"{new.service}/{new.name}/security"],
            )  # fmt: skip
        rules = [{each.name: each for each in one.rules} for one in (old, new)]
        keyed(self.ground, new.service, new.name, "the rule", rules[0], rules[1])

    def _rename(self) -> None:
        old, new = self.old, self.new
        self._tell("operation-renamed", f"{old.name} is called {new.name} in the documents")
        for clause in self.ground.old.catalogue.clauses.values():
            if clause.service == old.service and (
                clause.subject == old.name or clause.subject.endswith(f" of {old.name}")
            ):
                other = clause.subject.removesuffix(old.name) + new.name
                self.ground.subjects[old.service, clause.subject] = (new.service, other)

    def _called(self) -> Iterator[Parameter]:
        """The old parameters, those of the path by the names that they have today."""
        ground, old, new = self.ground, self.old, self.new
        today = dict(zip(holes(old.path), holes(new.path), strict=True))
        clauses = {each.name: each.clause for each in new.parameters if each.place == "path"}
        for each in old.parameters:
            name = today.get(each.name, each.name) if each.place == "path" else each.name
            if name != each.name:
                self._tell("parameter-renamed", f"{{{each.name}}} is called {{{name}}} in the documents")
                was, now = (
                    f"path parameter {key} of {of}" for key, of in ((each.name, old.name), (name, new.name))
                )
                ground.subjects[old.service, f"the {was}"] = (new.service, f"the {now}")
                ground.called.update({(old.service, was): now, (old.service, old.path): new.path})
                if name in clauses:
                    ground.same[each.clause] = clauses[name]
            yield replace(each, name=name)

    def _tell(
        self, kind: str, says: str, *, clients: bool = False, server: bool = False,
        gone: list[str] | tuple[str, ...] = (), come: list[str] | tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.ground.tell(
            kind, self.new.service, self.new.name, f"{self.place}: {says}", clients=clients, server=server,
            old=self.old.where, new=self.new.where, gone=gone, come=come,
        )  # fmt: skip

    def _responses(self, old: Mapping[str, Response], new: Mapping[str, Response]) -> None:
        status = self.old.clauses.get("status", ""), self.new.clauses.get("status", "")
        for name, each in old.items():
            if name not in new:
                gone = (status[0], *self._of(f"the {name} body of {self.old.name}", old=True))
                self._tell(
                    "answer-gone", f"the answer {name} is gone", clients=name.startswith("2"), server=True,
                    gone=gone, come=[status[1]],
                )  # fmt: skip
                continue
            self._contents(name, each, new[name])
            self._parameters("header", each.headers, new[name].headers, TARGET, f" of the {name} answer")
        for name in new:
            if name not in old:
                come = (status[1], *self._of(f"the {name} body of {self.new.name}", old=False))
                says = f"it may be answered with {name}"
                self._tell("answer-new", says, clients=True, gone=[status[0]], come=come)

    def _contents(self, status: str, old: Response, new: Response) -> None:
        types = self.old.clauses.get("content-type", ""), self.new.clauses.get("content-type", "")
        for media in dict.fromkeys((*old.content, *new.content)):
            was, now = old.content.get(media), new.content.get(media)
            about = f"the {status} body of {{}}"
            if was is not None and now is not None:
                self._schemas(was, now, TARGET, about, f"the {status} body of {self.place}:")
                continue
            verb = "no longer comes" if now is None else "may come, too"
            self._tell(
                "content-type", f"the answer {status} {verb} as {media}", clients=True, server=now is None,
                gone=[types[0], *(_clauses(was))], come=[types[1], *(_clauses(now))],
            )  # fmt: skip

    def _parameters(
        self, what: str, old: Mapping[str, Parameter], new: Mapping[str, Parameter], sent_by: Ends, end: str
    ) -> None:
        for key in dict.fromkeys((*old, *new)):
            was, now = old.get(key), new.get(key)
            if was is not None and now is not None:
                if was.required != now.required:
                    says = (
                        f"the {what} {key}{end} is {'always' if now.required else 'no longer always'} given"
                    )
                    clients, server = whom(sent_by, tightened=now.required, loosened=was.required)
                    self._tell(
                        what, says, clients=clients, server=server, gone=[was.clause], come=[now.clause]
                    )
                if was.schema is not None and now.schema is not None:
                    self._styles(f"the {what} {key}{end}", was, now)
                    about = (
                        f"the {now.place} parameter {now.name} of {{}}"
                        if not end
                        else f"the header {key}{end} of {{}}"
                    )
                    self._schemas(
                        was.schema, now.schema, sent_by, about, f"{self.place}: the {what} {key}{end}"
                    )
                continue
            each = was or now
            assert each is not None
            ids = [each.clause, *_clauses(each.schema)]
            says = f"the {'required' if each.required else 'optional'} {what} {key}{end} is "
            if sent_by == CLIENT:
                clients = now is None or now.required
                server = now is not None or each.required
            else:
                clients, server = now is None, now is not None
            self._tell(
                what, says + ("gone" if now is None else "new"), clients=clients, server=server,
                gone=ids if now is None else [], come=ids if was is None else [],
            )  # fmt: skip

    def _styles(self, about: str, old: Parameter, new: Parameter) -> None:
        """How a value is written; whether its parts are apart says nothing of a value without parts."""
        parts = any(
            shape(each.schema).types & {"array", "object"} for each in (old, new) if each.schema is not None
        )
        was, now = (f"{each.style}{', exploded' if each.exploded and parts else ''}" for each in (old, new))
        if was != now:
            self._tell(
                "style", f"{about} is written in another style: {was} → {now}", clients=True, server=True,
                gone=[old.clause], come=[new.clause],
            )  # fmt: skip

    def _body(self) -> None:
        was, now = self.old.body, self.new.body
        if was is None and now is None:
            return
        if was is None or now is None:
            each = was or now
            assert each is not None
            ids = [each.clause, *(one for schema in each.content.values() for one in _clauses(schema))]
            self._tell(
                "body", f"a request body is {'no longer taken' if now is None else 'taken now'}",
                clients=now is None or now.required, server=now is not None or each.required,
                gone=ids if now is None else [], come=ids if was is None else [],
            )  # fmt: skip
            return
        if was.required != now.required:
            says = f"the request body is {'always' if now.required else 'no longer always'} given"
            self._tell(
                "body", says, clients=now.required, server=was.required, gone=[was.clause], come=[now.clause]
            )
        for media in dict.fromkeys((*was.content, *now.content)):
            one, other = was.content.get(media), now.content.get(media)
            if one is not None and other is not None:
                self._schemas(
                    one, other, CLIENT, "the request body of {}", f"the request body of {self.place}:"
                )
                continue
            self._tell(
                "body", f"the request body is {'no longer' if other is None else 'also'} taken as {media}",
                clients=other is None, server=other is not None, gone=[was.clause, *_clauses(one)],
                come=[now.clause, *_clauses(other)],
            )  # fmt: skip

    def _schemas(self, old: Schema, new: Schema, sent_by: Ends, about: str, name: str) -> None:
        before, after = about.format(self.old.name), about.format(self.new.name)
        self.ground.schemas(old, new, sent_by, (self.old.service, before), (self.new.service, after), name)

    def _of(self, subject: str, *, old: bool) -> tuple[str, ...]:
        side, operation = (self.ground.old, self.old) if old else (self.ground.new, self.new)
        return self.ground.of(side, operation.service, subject)


def _clauses(schema: Schema | None) -> tuple[str, ...]:
    if schema is None:
        return ()
    return tuple(each for node in schema.walk() for each in node.clauses.values())
