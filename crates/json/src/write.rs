//! Writing values as compact text.
