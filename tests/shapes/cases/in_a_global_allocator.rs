use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static LARGE: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Counting {
    #[tracked]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() == 54_321 {
            LARGE.fetch_add(1, Ordering::SeqCst);
        }
        unsafe { System.alloc(layout) }
    }

    #[tracked]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if layout.size() == 54_321 {
            let _ = size(&layout);
        }
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[tracked]
fn size(layout: &Layout) -> Result<usize, usize> {
    if layout.align() > 1 { Err(layout.size()) } else { Ok(layout.size()) }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    for _ in 0..3 {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(54_321)));
    }
    let joined = std::thread::spawn(|| vec![0_u8; 10].len()).join().unwrap();
    println!("{} {joined}", LARGE.load(Ordering::SeqCst));
}
