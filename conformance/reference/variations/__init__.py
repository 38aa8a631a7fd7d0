"""Named ways of conforming otherwise than the reference usually does: the suite has to stay green."""
