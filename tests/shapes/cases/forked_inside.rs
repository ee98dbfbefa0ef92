unsafe extern "C" {
    fn fork() -> i32;
    fn waitpid(child: i32, status: *mut i32, options: i32) -> i32;
}

#[tracked]
fn step(n: i32) -> Result<i32, String> {
    if n > 1 { Err(format!("{n}")) } else { Ok(n) }
}

#[tracked]
fn forks() -> Result<i32, String> {
    step(0)?;
    let child = unsafe { fork() };
    if child == 0 {
        println!("child {:?} {:?}", step(1), step(2));
        return Ok(step(1)? + 6);
    }
    let mut status = 0;
    unsafe { waitpid(child, &mut status, 0) };
    println!("parent {:?} {}", step(2), (status >> 8) & 0xff);
    Ok(step(0)?)
}

fn main() {
    let code = forks();
    println!("{code:?}");
    std::process::exit(code.unwrap_or(1));
}
