//! What the macros expand to in a real compiler; see `tests/expand.rs`.
