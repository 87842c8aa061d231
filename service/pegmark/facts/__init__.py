"""What may be known of an asset and of the venue that would take it: vocabulary, model, snapshot."""
