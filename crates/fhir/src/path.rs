//! FHIRPath: the subset that R4 search parameters and invariants use.
