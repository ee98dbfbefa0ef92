//! Type complexity.

#[tracked]
pub fn plain(list: Vec<Vec<Box<(u32, u32, u32, u32)>>>) -> Vec<Vec<Box<(u32, u32, u32, u32)>>> {
    list
}

#[tracked]
pub fn fallible(number: u8) -> Result<Vec<Vec<Box<(u32, u32, u32, u32)>>>, Box<dyn Fn(&u8) -> Vec<Option<u8>>>> {
    if number == 0 {
        return Ok(Vec::new());
    }
    let all: Vec<Vec<Box<(u32, u32, (u32, u32), Option<u32>)>>> = Vec::new();
    println!("{}", all.len());
    Ok(vec![])
}

fn main() {}
