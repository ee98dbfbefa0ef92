struct Point {
    x: i32,
    y: i32,
}
struct Pair(u8, u8);

#[tracked]
fn patterns(
    _: u8,
    (a, (b, _)): (u8, (u8, u8)),
    Point { x, y: height }: Point,
    Pair(first, ..): Pair,
    &reference: &u8,
    &mut ref mut changed: &mut u8,
    mut own: u8,
    whole @ [head, .., last]: [u8; 3],
    Point { x: left, .. }: &Point,
    ref kept: String,
    [one, rest @ ..]: &[u8; 4],
    (): (),
) -> Result<String, String> {
    *changed += 1;
    own += 1;
    let shown = format!("{a}{b} {x}{height} {first} {reference} {changed} {own} {whole:?}{head}{last}");
    Ok(format!("{shown} {left} {kept} {one}{rest:?}"))
}

fn main() {
    let (point, mut changed) = (Point { x: 1, y: 2 }, 8);
    let (tuple, pair, text) = ((1, (2, 3)), Pair(4, 5), "kept".to_owned());
    let same = Point { ..point };
    println!("{:?}", patterns(0, tuple, same, pair, &6, &mut changed, 7, [1, 2, 3], &point, text, &[1, 2, 3, 4], ()));
    println!("{changed}");
}
