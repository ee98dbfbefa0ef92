//! A program without telemetry.

use exit::{Told, done};

fn main() {
    let told = Told::new();
    let start = told.elapsed();
    for event in told.events {
        std::hint::black_box(event);
    }
    done(start);
}
