// Included by its whole path, as a build script's output is: where it panics is told of by that.

#[inline(never)]
fn elsewhere() {
    let absent: Option<u32> = std::hint::black_box(None);
    absent.unwrap();
}
