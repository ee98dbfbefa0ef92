use std::collections::HashMap;

struct Cache {
    known: HashMap<String, Vec<u8>>,
}

impl Cache {
    #[tracked]
    fn get_or_make(&mut self, name: &str) -> Result<&mut Vec<u8>, String> {
        if name.is_empty() {
            return Err("no name".to_owned());
        }
        if self.known.contains_key(name) {
            return Ok(self.known.get_mut(name).ok_or("gone")?);
        }
        self.known.insert(name.to_owned(), vec![]);
        self.known.get_mut(name).ok_or_else(|| name.to_owned())
    }

    #[tracked]
    fn push(&mut self, name: &str) -> Result<usize, String> {
        let items = self.get_or_make(name)?;
        items.push(items.len() as u8);
        Ok(items.len())
    }
}

#[tracked]
fn last_mut<'a>(mut items: &'a mut [u8], wanted: u8) -> Result<&'a mut u8, &'a mut [u8]> {
    while let [first, rest @ ..] = items {
        if *first == wanted {
            return Ok(first);
        }
        items = rest;
    }
    Err(items)
}

fn main() {
    let mut cache = Cache { known: HashMap::new() };
    println!("{:?} {:?} {:?}", cache.push("a"), cache.push("a"), cache.push(""));
    let mut items = [1, 2, 3];
    *last_mut(&mut items, 2).unwrap() = 9;
    println!("{:?} {items:?}", last_mut(&mut [1], 5).is_err());
}
