#[derive(Debug)]
struct Node(Option<Box<Node>>);

#[tracked]
fn build(depth: u32) -> Result<Node, String> {
    if depth == 0 {
        return Ok(Node(None));
    }
    let below = build(depth - 1)?;
    Ok(Node(Some(Box::new(below))))
}

#[tracked]
fn depth(node: &Node) -> usize {
    match &node.0 {
        Some(below) => 1 + depth(below),
        None => 0,
    }
}

fn main() {
    // Without the attribute, about half of it is used.
    let run = || build(2000).map(|node| depth(&node));
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap();
    println!("{:?}", thread.join().unwrap());
}
