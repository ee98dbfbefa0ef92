#[tracked]
fn empty() {}

#[tracked]
fn unit() -> () {
    ()
}

#[tracked]
fn ok_unit(k: u8) -> Result<(), ()> {
    if k == 0 {
        return Err(());
    }
    Ok(())
}

#[tracked]
fn ok_of_statement(items: &mut Vec<u8>) -> Result<(), ()> {
    Ok(items.push(items.len() as u8))
}

#[tracked]
fn ends_with_semicolon(items: &mut Vec<u8>) {
    items.push(1);
}

#[tracked]
fn ends_with_a_loop(items: &mut Vec<u8>) {
    for n in 0..2 {
        if n == 1 {
            return;
        }
        items.push(n)
    }
}

#[tracked]
async fn nothing_awaited() {}

#[tracked]
fn only_items() {
    fn _inside() {}
    const _: () = ();
}

fn main() {
    let mut items = vec![];
    (empty(), unit(), only_items(), ends_with_semicolon(&mut items), ends_with_a_loop(&mut items));
    println!("{:?} {:?} {:?} {items:?}", ok_unit(0), ok_unit(1), ok_of_statement(&mut items));
    println!("{:?}", futures::executor::block_on(nothing_awaited()));
}
