"""The behavioural faults: named misbehaviours, each the breach of one sentence of the contract."""
