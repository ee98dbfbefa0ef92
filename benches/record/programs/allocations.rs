//! What the caller's thread allocates: `allocations SUBJECT CALLS`.

use record::{measure, subject};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [name, calls] = arguments.as_slice() else { panic!("SUBJECT CALLS") };
    let subject = subject::find(name).expect("a subject");
    let calls = calls.parse().expect("a number");
    measure::counted(subject, calls, |run| {
        let allocated = allocation_counter::measure(run);
        println!("allocations {}", allocated.count_total);
        println!("bytes {}", allocated.bytes_total);
    });
}
