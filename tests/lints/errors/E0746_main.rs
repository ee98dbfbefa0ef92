// says: E0277
//! E0746 main.

struct Own;

#[tracked]
fn main() -> Own {
    Own
}
