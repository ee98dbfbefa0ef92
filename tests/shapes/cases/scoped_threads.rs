use std::thread;

#[tracked]
fn part(items: &[u32], limit: u32) -> Result<u32, u32> {
    let sum = items.iter().sum();
    if sum > limit { Err(sum) } else { Ok(sum) }
}

#[tracked]
fn parallel(items: &[u32], limit: u32) -> Result<Vec<u32>, u32> {
    thread::scope(|scope| {
        let threads: Vec<_> = items.chunks(2).map(|items| scope.spawn(move || part(items, limit))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn main() {
    println!("{:?} {:?}", parallel(&[1, 2, 3, 4, 5], 100), parallel(&[1, 2, 3, 4, 5], 5));
    let threads: Vec<_> =
        (0..8).map(|n| thread::spawn(move || (0..50).filter_map(|m| part(&[n, m], 40).err()).sum::<u32>())).collect();
    println!("{:?}", threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>());
}
