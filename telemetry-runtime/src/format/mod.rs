//! Wire formats: pure functions from events to a body. What happens to the body is the transport's business.

pub(crate) mod json;
