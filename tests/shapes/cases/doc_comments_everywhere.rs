#![deny(missing_docs, warnings)]
//! A crate.

/// One line.
///
/// ```text
/// #[tracked] fn not_this() {}
/// ```
#[tracked]
/// After the attribute.
pub fn documented(/* a comment */ n: u8, // another
) -> Result<u8, String> /* between */ {
    // First.
    if n == 0 {
        /* return Ok(1) */
        return Err(/* inside */ "zero".to_owned());
    }
    // Ok(2)
    Ok(n /* last */)
    // After the tail.
}

/** A block. */
#[tracked]
#[doc = concat!("made ", "up")]
pub async fn with_doc(n: u8) -> Result<u8, String> {
    // Nothing is awaited but this.
    let n = async { n } /* here */
        .await;
    documented(n) // and that is it
}

fn main() {
    println!("{:?} {:?}", documented(0), futures::executor::block_on(with_doc(2)));
}
