use telemetry_runtime::tracked;

#[derive(Debug)]
struct Config;

#[tracked(fields(config = config))]
fn sync(config: Config) {
    drop(config);
}

fn main() {}
