use telemetry_runtime::Field;

#[derive(Field)]
struct One {
    rows: u32,
}

#[derive(Field)]
struct Two {
    one: One,
}

#[derive(Field)]
struct Three {
    two: Vec<Two>,
}

#[derive(Field)]
struct Four {
    three: Option<Three>,
}

#[derive(Field)]
struct Five {
    four: [Four; 2],
}

fn main() {}
