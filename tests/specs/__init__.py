"""The contract documents keep what they promise to their readers."""
