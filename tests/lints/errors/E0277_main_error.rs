// says: E0277
//! E0277 main error.

struct Own;

#[tracked]
fn main() -> Result<(), Own> {
    Err(Own)
}
