//! A folder in memory, for as long as the fuzzer runs.

use std::path::Path;
use std::sync::LazyLock;

static FOLDER: LazyLock<std::path::PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = parent.join(format!("telemetry-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
});

pub fn folder() -> &'static Path {
    &FOLDER
}
