use std::ops::{Deref, DerefMut};

type Text<'a> = &'a str;

struct Named(String, Box<[u8]>);

impl Deref for Named {
    type Target = String;
    #[tracked]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Named {
    #[tracked]
    fn deref_mut(&mut self) -> &mut String {
        &mut self.0
    }
}

impl Named {
    fn checked(&self) -> Result<&Self, String> {
        if self.is_empty() { Err("empty".to_owned()) } else { Ok(self) }
    }
    #[tracked]
    fn text(&self) -> Result<&str, String> {
        Ok(self.checked()?)
    }
    #[tracked]
    fn alias(&self) -> Text<'_> {
        if self.len() > 3 {
            return self.deref();
        }
        self
    }
    #[tracked]
    fn bytes(&self) -> Result<&[u8], String> {
        Ok(&self.checked()?.1)
    }
    #[tracked]
    fn text_mut(&mut self) -> Result<&mut str, ()> {
        Ok(self)
    }
}

fn main() {
    let mut named = Named("abc".to_owned(), Box::new([1, 2]));
    println!("{:?} {} {:?}", named.text(), named.alias(), named.bytes());
    named.text_mut().unwrap().make_ascii_uppercase();
    named.push('!');
    println!("{} {:?}", named.alias(), Named(String::new(), Box::new([])).text());
}
