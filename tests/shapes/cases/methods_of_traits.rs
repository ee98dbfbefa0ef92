trait Shape {
    const SIDES: u8;
    type Unit: std::fmt::Debug;

    fn area(&self) -> Result<Self::Unit, String>;

    #[tracked]
    fn describe(&self) -> Result<String, String> {
        let area = self.area()?;
        Ok(format!("{area:?} with {} sides", Self::SIDES))
    }

    #[tracked]
    fn new_of(unit: Self::Unit) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = unit;
        None
    }
}

#[derive(Debug)]
struct Square(i32);

impl Shape for Square {
    const SIDES: u8 = 4;
    type Unit = i32;

    #[tracked]
    fn area(&self) -> Result<Self::Unit, String> {
        if self.0 < 0 {
            return Err(format!("{} is no side", self.0));
        }
        Ok(self.0 * self.0)
    }
}

fn main() {
    println!("{:?} {:?} {:?}", Square(3).describe(), Square(-3).describe(), Square::new_of(3));
}
