"""An overlay's actions, done to a document: a new tree; the document's own values are never changed.

OpenAPI Overlay Specification 1.1.0, "Action Object". Values and their lines are changed side by side, so that
what an overlay brought points to the overlay's line, and what was copied inside the document to where it
stands. References are not followed: a target sees a node ``$ref`` as it is written. A relative ``$ref`` that
an overlay brings is relative to the document that it is brought into.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.documents.jsonpath import Place, select
from conformance.documents.overlay import Action, Overlay, Verb
from conformance.documents.pointers import join
from conformance.documents.spots import MAX_DEPTH, MAX_VALUES, Spot
from conformance.documents.tree import Node, Tree
from conformance.documents.where import Where
from conformance.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Piece:
    """A value with its lines; ``line`` is that of its key."""

    value: object
    spot: Spot
    line: int

    def inner(self, step: str | int) -> Piece:
        """The member or element of that name."""
        if isinstance(self.value, dict):
            return Piece(self.value[step], self.spot.members[str(step)], self.spot.keys[str(step)])
        assert isinstance(self.value, list)
        spot = self.spot.elements[int(step)]
        return Piece(self.value[int(step)], spot, spot.line)

    def set(self, step: str | int, piece: Piece) -> None:
        """Put a member or element there; the size is the caller's business."""
        if isinstance(self.value, dict):
            key = str(step)
            self.value[key], self.spot.members[key], self.spot.keys[key] = piece.value, piece.spot, piece.line
        elif isinstance(self.value, list):
            self.value[int(step)], self.spot.elements[int(step)] = piece.value, piece.spot

    def delete(self, step: str | int) -> None:
        """Take a member or element away; the size is the caller's business."""
        if isinstance(self.value, dict):
            key = str(step)
            del self.value[key], self.spot.members[key], self.spot.keys[key]
        elif isinstance(self.value, list):
            del self.value[int(step)], self.spot.elements[int(step)]


def apply(tree: Tree, overlay: Overlay) -> tuple[Tree, frozenset[int]]:
    """The tree that the actions make of this one, and the indices of those that selected something.

    Raises DocumentError at the action's line for what the specification calls an error: kinds that cannot
    be merged, targets of several kinds, a ``copy`` that does not select one node, a removed document.
    """
    draft = _Draft(tree, overlay)
    done = frozenset(index for index, action in enumerate(overlay.actions) if draft.act(action))
    if not done:
        return tree, done
    assert isinstance(draft.root.value, dict)
    return replace(tree, value=draft.root.value, spot=draft.root.spot, overlaid=True), done


class _Draft:
    """A document under change. A container is copied when it is first changed, never changed in place."""

    def __init__(self, tree: Tree, overlay: Overlay) -> None:
        self.tree, self.overlay = tree, overlay
        self.root = Piece(tree.value, tree.spot, tree.spot.line)
        self.own: dict[int, object] = {}  # our copies by identity; held, so that no identity is given again

    def act(self, action: Action) -> bool:
        """Do one action; whether its target selected anything."""
        places = select(action.target, self.root.value) if action.verb is not Verb.NOTHING else []
        if not places:
            return False
        if action.verb is Verb.REMOVE:
            self.remove(places, action)
        else:
            piece = self.piece(action)
            kinds = {_kind(self.at(place).value) for place in places}
            if len(kinds) > 1:
                raise action.target.refuse(
                    f"the target selects {' and '.join(sorted(kinds))}", expected="nodes of one kind"
                )
            deepest = max(map(len, places)) + _height(piece.value, {})
            if deepest > MAX_DEPTH:
                raise action.brought.refuse(f"this nests values more than {MAX_DEPTH} deep")
            for place in places:
                self.update(place, piece, action.brought)
                if self.root.spot.size > MAX_VALUES:
                    raise action.node.refuse(
                        f"this action makes the document expand to more than {MAX_VALUES} values"
                    )
        return True

    def piece(self, action: Action) -> Piece:
        """What an action brings: its ``update``, or what ``copy`` selects in the document as it is now."""
        node = action.brought
        if action.verb is Verb.UPDATE:
            return Piece(node.value, node.spot, node.line)
        found = select(node, self.root.value)
        if len(found) != 1:
            raise node.refuse(
                f"copy selects {len(found) or 'no'} nodes in {self.tree.file}", expected="exactly one node"
            )
        self.own.clear()  # what is copied stands in two places from now on: neither may be changed in place
        return self.at(found[0])

    def at(self, place: Place) -> Piece:
        piece = self.root
        for step in place:
            piece = piece.inner(step)
        return piece

    def mine(self, piece: Piece) -> Piece:
        """The same, free to be changed."""
        value, spot = piece.value, piece.spot
        if not isinstance(value, dict | list) or id(value) in self.own:
            return piece
        copied = dict(value) if isinstance(value, dict) else list(value)
        self.own[id(copied)] = copied
        lines = Spot(
            spot.line, spot.size, spot.source, dict(spot.keys), dict(spot.members), list(spot.elements)
        )
        return Piece(copied, lines, piece.line)

    def trail(self, place: Place) -> list[Piece]:
        """The pieces on the way to a place, and what is there, all free to be changed."""
        self.root = self.mine(self.root)
        pieces = [self.root]
        for step in place:
            deeper = self.mine(pieces[-1].inner(step))
            pieces[-1].set(step, deeper)
            pieces.append(deeper)
        return pieces

    def remove(self, places: list[Place], action: Action) -> None:
        for place in sorted(places, key=_order, reverse=True):
            if not place:
                raise action.target.refuse(
                    "the whole document cannot be removed", expected="a target inside the document"
                )
            pieces = self.trail(place[:-1])
            size = pieces[-1].inner(place[-1]).spot.size
            pieces[-1].delete(place[-1])
            for piece in pieces:
                piece.spot.size -= size

    def update(self, place: Place, brought: Piece, at: Node) -> None:
        pieces = self.trail(place)
        here = pieces[-1]
        before = here.spot.size
        if isinstance(here.value, list) and not isinstance(brought.value, list):
            here.value.append(brought.value)
            here.spot.element(brought.spot)
            made = here
        else:
            made = self.merged(here, brought, place, at)
        if place:
            pieces[-2].set(place[-1], made)
        for piece in pieces[:-1]:
            piece.spot.size += made.spot.size - before

    def merged(self, here: Piece, brought: Piece, place: Place, at: Node) -> Piece:
        """A map into a map by its keys, a list behind a list, any other value instead of another."""
        kind = _kind(here.value)
        if kind != _kind(brought.value):
            line = brought.line if brought.spot.source == self.overlay.tree.file else at.line
            theirs = Where(here.spot.source or self.tree.file, here.line)
            raise DocumentError(
                f"{self.overlay.tree.file}:{line}",
                f"{_kind(brought.value)} cannot be merged with {kind}: {join(*place) or 'the document'} "
                f"at {theirs}",
                expected=kind,
                hint="an earlier action can remove what stands there",
            )
        if isinstance(here.value, dict) and isinstance(brought.value, dict):
            here = self.mine(here)
            assert isinstance(here.value, dict)
            for key in brought.value:
                theirs_now = brought.inner(key)
                if key in here.value:
                    mine = here.inner(key)
                    before = mine.spot.size
                    made = self.merged(mine, theirs_now, (*place, key), at)
                    here.set(key, made)
                    here.spot.size += made.spot.size - before
                else:
                    here.set(key, theirs_now)
                    here.spot.size += theirs_now.spot.size
            return here
        if isinstance(here.value, list) and isinstance(brought.value, list):
            here = self.mine(here)
            assert isinstance(here.value, list)
            here.value.extend(brought.value)
            for spot in brought.spot.elements:
                here.spot.element(spot)
            return here
        return brought


def _kind(value: object) -> str:
    return "a map" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a single value"


def _order(place: Place) -> tuple[tuple[int, str], ...]:
    """An order in which the later of two elements of a list, and the inner of two nodes, is the greater."""
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in place)


def _height(value: object, known: dict[int, int]) -> int:
    if not isinstance(value, dict | list):
        return 0
    if id(value) not in known:
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + max((_height(each, known) for each in inner), default=0)
    return known[id(value)]
