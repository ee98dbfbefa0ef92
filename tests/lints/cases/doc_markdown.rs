// says: clippy::doc_markdown clippy::too_long_first_doc_paragraph clippy::doc_lazy_continuation clippy::needless_doctest_main clippy::unnecessary_safety_doc
//! Doc markdown.

#[tracked]
/// Calls some_function of SomeType.
/// * a list
/// that goes on
pub fn plain() -> u8 {
    3
}

#[tracked]
/// Is long, longer than anybody would want to read, and goes on and on without an end, so that who reads the summary in a
/// list of functions sees three lines and more of it, which is too much for a summary, as everybody will agree at once.
///
/// # Errors
///
/// At times.
///
/// # Safety
///
/// There is nothing unsafe.
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[tracked]
/// Runs.
///
/// ```
/// fn main() {
///     println!("");
/// }
/// ```
pub async fn later() {
    std::future::ready(()).await;
}

fn main() {}
