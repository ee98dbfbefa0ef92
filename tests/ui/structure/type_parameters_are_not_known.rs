use telemetry_runtime::Field;

#[derive(Field)]
struct Pair<'a, T, const N: usize> {
    one: &'a T,
    others: [u32; N],
}

fn main() {}
