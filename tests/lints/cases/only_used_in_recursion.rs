// says: clippy::only_used_in_recursion clippy::self_only_used_in_recursion
//! Only used in recursion.

#[tracked]
pub fn plain(number: u8, unused: u8) -> u8 {
    if number == 0 { 1 } else { plain(number - 1, unused) }
}

#[tracked]
fn fallible(number: u8, unused: u8) -> Result<u8, String> {
    if number == 0 {
        return Err(String::new());
    }
    fallible(number - 1, unused + 1)
}

pub struct Tree;

impl Tree {
    #[tracked]
    fn height(&self, number: u8) -> Result<u8, String> {
        if number == 0 {
            return Ok(3);
        }
        Ok(self.height(number - 1)? + 1)
    }
}

fn main() {
    println!("{} {:?} {:?}", plain(1, 2), fallible(1, 2), Tree.height(3));
}
