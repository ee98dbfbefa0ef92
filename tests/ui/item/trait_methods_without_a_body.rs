use telemetry_runtime::tracked;

trait Sync {
    #[tracked]
    fn run(&self);
}

fn main() {}
