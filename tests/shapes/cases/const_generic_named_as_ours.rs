#[tracked]
fn sum<const CALLSITE: usize>(items: [u32; CALLSITE]) -> Result<u32, usize> {
    if CALLSITE == 0 {
        return Err(CALLSITE);
    }
    Ok(items.iter().sum::<u32>() + CALLSITE as u32)
}

#[tracked]
fn flag<const call: bool>() -> Result<bool, u8> {
    Ok(!call)
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", sum([1, 2]), sum([]), flag::<true>(), flag::<false>());
}
