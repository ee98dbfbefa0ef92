// says: E0499
//! E0499 two mutable.

#[tracked]
fn plain(list: &mut Vec<u8>) -> usize {
    let first = &mut *list;
    let second = &mut *list;
    first.push(1);
    second.len()
}

#[tracked]
fn fallible(list: &mut Vec<u8>) -> Result<usize, String> {
    let first = list.first_mut().ok_or_else(String::new)?;
    let second = list.last_mut().ok_or_else(String::new)?;
    *first = *second;
    Ok(list.len())
}

#[tracked]
fn in_ok(list: &mut Vec<u8>) -> Result<(&mut u8, &mut u8), String> {
    Ok((&mut list[0], &mut list[1]))
}

#[tracked]
fn in_arguments(text: &mut String) -> Result<u8, String> {
    both(text, text.as_mut_str(), &mut *text)
}

fn both(_: &mut String, _: &mut str, _: &mut String) -> Result<u8, String> {
    Ok(1)
}

#[tracked]
async fn later(list: &mut Vec<u8>) -> Result<usize, String> {
    let first = &mut *list;
    let second = std::future::ready(&mut *list).await;
    first.push(1);
    Ok(second.len())
}

struct Store(Vec<u8>);

impl Store {
    #[tracked]
    fn get(&mut self) -> Result<&mut u8, String> {
        if let Some(found) = self.0.iter_mut().next() {
            return Ok(found);
        }
        self.0.push(1);
        self.0.first_mut().ok_or_else(String::new)
    }

    #[tracked]
    fn closures(&mut self) -> Result<(), String> {
        let mut one = || self.0.push(1);
        let mut two = || self.0.push(2);
        one();
        two();
        Ok(())
    }
}

fn main() {}
