mod hidden {
    struct Secret(u8);
    type Answer = Result<Secret, Secret>;

    #[tracked]
    fn make(k: u8) -> Answer {
        if k == 0 { Err(Secret(k)) } else { make(k - 1).or(Ok(Secret(k))) }
    }

    #[tracked]
    pub fn open(k: u8) -> Result<impl FnOnce() -> u8, u8> {
        let secret = make(k).map_err(|secret| secret.0)?;
        Ok(move || secret.0)
    }
}

fn main() {
    println!("{:?} {:?}", hidden::open(0).err(), hidden::open(2).map(|open| open()).ok());
}
