type Callback = Box<dyn Fn(u8) -> u8>;
type Pointer = fn(u8) -> u8;
type Slice<'a> = &'a [u8];

#[tracked]
fn callback(k: u8) -> Callback {
    if k == 0 {
        return Box::new(|n| n);
    }
    match k {
        1 => Box::new(|n| n + 1),
        _ => Box::new(move |n| n * k),
    }
}

#[tracked]
fn pointer(k: u8) -> Pointer {
    fn same(n: u8) -> u8 {
        n
    }
    if k == 0 { same } else { |n| n.wrapping_sub(1) }
}

#[tracked]
fn slice<'a>(short: bool) -> Slice<'a> {
    if short { &[1] } else { &[1, 2, 3] }
}

fn main() {
    println!("{} {} {}", callback(0)(5), callback(1)(5), callback(3)(5));
    println!("{} {} {:?} {:?}", pointer(0)(5), pointer(1)(5), slice(true), slice(false));
}
