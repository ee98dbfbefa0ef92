//! A shared library that calls back.

#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C-unwind" fn calls_back(function: extern "C-unwind" fn()) {
    std::hint::black_box(function)();
}
