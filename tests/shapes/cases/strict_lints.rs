#![forbid(unsafe_code, unsafe_op_in_unsafe_fn, non_upper_case_globals, unused_results)]
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, let_underscore_drop, unused_qualifications)]
#![deny(single_use_lifetimes, unused_lifetimes, trivial_casts, trivial_numeric_casts, elided_lifetimes_in_paths)]
#![deny(warnings, missing_copy_implementations, variant_size_differences, meta_variable_misuse)]
//! Documented.

use std::future::ready;

type Answer = Result<u8, String>;

/// Documented.
#[tracked]
pub fn half(n: u8) -> Result<u8, String> {
    if n == 0 {
        return Err("zero".to_owned());
    }
    let n = quarter(n)?;
    Ok(n * 2)
}

#[tracked]
fn quarter(n: u8) -> Answer {
    match n {
        1..=3 => Err(format!("{n}")),
        _ => n.checked_div(4).ok_or_else(|| "zero".to_owned()),
    }
}

#[tracked]
async fn later(n: u8) -> Answer {
    let n = ready(n).await;
    if n > 100 { panic!("{n}") } else { quarter(n) }
}

fn main() {
    println!("{:?} {:?} {:?}", half(0), half(3), half(20));
    println!("{:?}", futures::executor::block_on(later(40)));
}
