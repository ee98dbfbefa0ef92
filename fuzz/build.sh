#!/bin/sh
# Builds the targets for libFuzzer with a stable compiler and without cargo-fuzz: what it takes are counters at every branch. There
# is no unsafe code to be watched by a sanitizer.
cd "$(dirname "$0")" || exit 1
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="--cfg fuzzing \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1"
# With a target named, build scripts and macros are built without these flags.
exec cargo build --release --target "$(rustc -vV | sed -n 's/^host: //p')" "$@"
