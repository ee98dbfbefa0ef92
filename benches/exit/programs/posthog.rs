//! posthog-rs without an async runtime, and with the `shutdown` that its documentation ends with.

use exit::{MARKER, Told, done};
use posthog_rs::{ClientOptionsBuilder, Event};

fn main() {
    let told = Told::new();
    let options = ClientOptionsBuilder::default().host(told.url.as_str()).api_key("phc_key".to_owned()).build();
    let client = posthog_rs::client(options.expect("options"));
    let start = told.elapsed();
    for number in told.events {
        let mut event = Event::new("Ran", "somebody");
        event.insert_prop(MARKER, number).expect("a property");
        client.capture(event);
    }
    done(start);
    client.shutdown();
}
